/** What is said of a parent that was changed behind its child's back, or that is another file than the one named. */
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ChainReport, CheckReport, ImageInfo } from '../../../src-shared/model';
import { chainReport } from '../../../src-main/engine/chain';
import { hasOracle, mustRun } from '../../support/oracle';
import { useTempFolders } from '../../support/temp';
import { buildVhd, nextId } from '../../support/vhd-builder';
import { runCli } from '../cli/run-cli';

const MIB = 1024 * 1024;
const EPOCH_SECONDS = 946_684_800;
const MADE = 800_000_000;
const makeFolder = useTempFolders('each');

const setModified = (file: string, timestampSeconds: number): void =>
  fs.utimesSync(file, new Date(), new Date((timestampSeconds + EPOCH_SECONDS) * 1000));

/** A parent made at `MADE` and modified at `modified`, with a child that stores `stored`. */
async function timeMatches(creator: string, stored: number, modified: number): Promise<boolean | null> {
  const folder = makeFolder();
  const id = nextId();
  const parent = buildVhd({
    type: 'dynamic',
    sizeBytes: 4 * MIB,
    footer: { uniqueId: id, timestamp: MADE },
  }).writeTo(path.join(folder, 'p.vhd'));
  setModified(parent, modified);
  const child = buildVhd({
    type: 'differencing',
    sizeBytes: 4 * MIB,
    locators: [{ platform: 'W2ru', data: '.\\p.vhd' }],
    header: { parentId: id, parentName: 'p.vhd', parentTimestamp: stored },
    footer: { creator },
  }).writeTo(path.join(folder, 'c.vhd'));
  const [image] = (await chainReport(child)).images;
  const isNoted = image?.problems.some(({ code }) => code === 'parent-time-differs') === true;
  expect(isNoted).toBe(image?.edge?.timeMatches === false);
  return image?.edge?.timeMatches ?? null;
}

describe('the stored timestamp of the parent', () => {
  it.each(['win ', 'vpc ', 'vbox', 'qemu', 'tap\0', 'mVHD', 'Py  ', 'DBox', 'dutl'])(
    'is right where it is the modification time: %s',
    async (creator) => {
      expect(await timeMatches(creator, MADE + 50, MADE + 50)).toBe(true);
      expect(await timeMatches(creator, MADE, MADE)).toBe(true);
    },
  );

  it.each(['win ', 'vpc ', 'vbox', 'qemu', 'tap\0', 'mVHD', 'zzzz'])(
    'is wrong where only the creation time equals it: %s',
    async (creator) => {
      expect(await timeMatches(creator, MADE, MADE + 50)).toBe(false);
    },
  );

  it.each(['Py  ', 'DBox', 'dutl'])(
    'says nothing where the program stores the creation time: %s',
    async (creator) => {
      expect(await timeMatches(creator, MADE, MADE + 50)).toBeNull();
      expect(await timeMatches(creator, MADE + 7, MADE + 50)).toBe(false);
    },
  );

  it('allows for the two seconds of FAT, and for nothing else', async () => {
    expect(await timeMatches('win ', MADE + 1, MADE + 2)).toBe(true);
    expect(await timeMatches('win ', MADE + 1, MADE + 3.5)).toBe(false);
    expect(await timeMatches('win ', MADE + 1, MADE + 1.9)).toBe(true);
  });
});

/** A base whose file is a minute old, with a child and a grandchild that Platter made. */
async function makeChain(): Promise<{ base: string; child: string; grandchild: string }> {
  const folder = makeFolder();
  const [base, child, grandchild] = ['base', 'child', 'grandchild'].map((name) =>
    path.join(folder, `${name}.vhd`),
  ) as [string, string, string];
  expect((await runCli(['create', base, '--type', 'dynamic', '--size', '8M'])).exitCode).toBe(0);
  // made and last written at one time, as a parent is that gets its child at once
  const old = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000);
  const madeAt = old.toISOString().replace('.000Z', 'Z');
  expect((await runCli(['edit', base, '--set', `timestamp=${madeAt}`])).exitCode).toBe(0);
  fs.utimesSync(base, old, old);
  expect((await runCli(['snapshot', base, child])).exitCode).toBe(0);
  fs.utimesSync(child, old, old);
  expect((await runCli(['snapshot', child, grandchild])).exitCode).toBe(0);
  return { base, child, grandchild };
}

async function timeNotes(image: string): Promise<string[]> {
  const { findings } = (await runCli(['check', image, '--chain', '--json'])).json<CheckReport>();
  return findings.filter(({ code }) => code === 'parent-time-differs').map(({ detail }) => detail);
}

describe('a parent that was changed after its child was made', () => {
  it('is not spoken of before it is changed', async () => {
    const { child, grandchild } = await makeChain();
    expect([...(await timeNotes(child)), ...(await timeNotes(grandchild))]).toEqual([]);
    const { images } = (await runCli(['chain', grandchild, '--json'])).json<ChainReport>();
    expect(images.map(({ edge }) => edge?.timeMatches)).toEqual([true, true, undefined]);
  });

  it('is noticed on the child and on the grandchild when Platter wrote it, and the edge is named', async () => {
    const { base, child, grandchild } = await makeChain();
    const written = await runCli(['write', base, '--offset', '0', '--break-children'], { stdin: 'changed' });
    expect(written.exitCode).toBe(0);
    expect(await timeNotes(child)).toEqual([expect.stringMatching(/"base\.vhd".*"child\.vhd" remembers/)]);
    expect(await timeNotes(grandchild)).toEqual([
      expect.stringMatching(/ancestor "child\.vhd".*"base\.vhd".*"child\.vhd" remembers/),
    ]);
    const { images } = (await runCli(['chain', grandchild, '--json'])).json<ChainReport>();
    expect(images.map(({ edge }) => edge?.timeMatches)).toEqual([true, false, undefined]);
  });

  it.skipIf(!hasOracle('qemu-io'))('is noticed when QEMU wrote it', async () => {
    const { base, child } = await makeChain();
    mustRun('qemu-io', ['-f', 'vpc', '-c', 'write -P 1 0 4096', base]);
    expect(await timeNotes(child)).toHaveLength(1);
  });

  it('is not spoken of after a change that no child sees', async () => {
    const { base, child } = await makeChain();
    expect((await runCli(['edit', base, '--set', 'creator=vbox'])).exitCode).toBe(0);
    expect(await timeNotes(child)).toEqual([]);
  });
});

describe('a parent that is found by its id alone', () => {
  it('is told by info, check and chain, with both names', async () => {
    const { base, child, grandchild } = await makeChain();
    const folder = path.dirname(base);
    fs.renameSync(base, path.join(folder, 'copy of base.vhd'));
    const words = /"base\.vhd".*"copy of base\.vhd" was taken in its place/;

    const info = (await runCli(['info', child, '--json'])).json<ImageInfo>();
    expect(info.parent?.identity).toBe('proven');
    expect(info.findings.find(({ code }) => code === 'parent-found-by-id')?.detail).toMatch(words);
    for (const more of [[], ['--chain']]) {
      const check = (await runCli(['check', child, ...more, '--json'])).json<CheckReport>();
      const notes = check.findings.filter(({ code }) => code === 'parent-found-by-id');
      expect(notes.map(({ severity }) => severity)).toEqual(['note']);
      expect(notes[0]?.detail).toMatch(words);
    }
    const chain = (await runCli(['chain', child, '--json'])).json<ChainReport>();
    expect(chain.images[0]?.problems.map(({ code }) => code)).toEqual(['parent-found-by-id']);
    expect((await runCli(['chain', child])).stdout.replace(/\s+/g, ' ')).toMatch(words);

    const above = (await runCli(['check', grandchild, '--chain', '--json'])).json<CheckReport>();
    expect(above.findings.find(({ code }) => code === 'parent-found-by-id')?.detail).toMatch(
      /^In its ancestor "child\.vhd": /,
    );
  });

  it('is not spoken of where the parent is where the image says', async () => {
    const { child } = await makeChain();
    const { findings } = (await runCli(['check', child, '--chain', '--json'])).json<CheckReport>();
    expect(findings.map(({ code }) => code)).toEqual([]);
  });
});

it('a child in a folder that may not be listed can be inspected', async () => {
  const { child } = await makeChain();
  const folder = path.dirname(child);
  fs.renameSync(path.join(folder, 'base.vhd'), path.join(folder, 'other.vhd'));
  const denied = Object.assign(new Error('EACCES: permission denied, scandir'), { code: 'EACCES' });
  const listing = vi.spyOn(fsPromises, 'readdir').mockRejectedValue(denied);
  try {
    expect((await runCli(['inspect', child, '--json'])).exitCode).toBe(0);
    expect(listing).toHaveBeenCalled();
  } finally {
    listing.mockRestore();
  }
});
