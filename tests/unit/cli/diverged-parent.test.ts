/** A copy of a parent that went another way has the parent's unique id: whoever reads over it is told, and nothing is merged into it. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { VHD_EPOCH_UNIX_SECONDS } from '../../../src-shared/vhd/timestamp';
import { useTempFolders } from '../../support/temp';
import { buildVhd, nextId, type VhdKnobs } from '../../support/vhd-builder';
import { readingVerbs, type ReadingVerb } from './reading-verbs';
import { runCli } from './run-cli';

const MIB = 1024 * 1024;
/** 2025-05-08 in seconds since 2000. */
const MADE_SECONDS = 800_000_000;
const DAY_SECONDS = 86_400;
const makeFolder = useTempFolders('each');

interface Knobs {
  /** Name of the image that has the parent's id; the child names `parent.vhd`. */
  readonly name?: string;
  /** When its file was last modified, after the child was made. */
  readonly modifiedLaterSeconds?: number;
  readonly parent?: Partial<VhdKnobs>;
}

function makeChain({ name = 'backup.vhd', modifiedLaterSeconds = 0, parent = {} }: Knobs = {}) {
  const folder = makeFolder();
  const baseId = nextId();
  const base = buildVhd({
    type: 'dynamic',
    sizeBytes: 4 * MIB,
    blocks: [{ index: 0, data: 5 }],
    ...parent,
    footer: { uniqueId: baseId, timestamp: MADE_SECONDS, ...parent.footer },
  }).writeTo(path.join(folder, name));
  const modified = VHD_EPOCH_UNIX_SECONDS + MADE_SECONDS + modifiedLaterSeconds;
  fs.utimesSync(base, modified, modified);
  const child = buildVhd({
    type: 'differencing',
    sizeBytes: 4 * MIB,
    header: { parentId: baseId, parentName: 'parent.vhd', parentTimestamp: MADE_SECONDS },
    locators: [{ platform: 'W2ru', data: '.\\parent.vhd' }],
    blocks: [{ index: 1, data: 6, bitmap: [0, 1] }],
    footer: { timestamp: MADE_SECONDS },
  }).writeTo(path.join(folder, 'child.vhd'));
  return { folder, base, child };
}

const flat = (text: string): string => text.replace(/\s+/g, ' ');
const FOUND_BY_ID =
  /"backup\.vhd" was taken in its place, because it has the same unique id.*"backup\.vhd" was last modified at .*2025-05-09.* remembers .*2025-05-08/;

/** What makes another image of it, or changes it where it lies. */
function makingVerbs(folder: string, image: string): readonly ReadingVerb[] {
  const at = (name: string): string => path.join(folder, name);
  return [
    [['read', image, '-o', at('whole'), '--json'], true],
    [['compact', image, '--output', at('p.vhd'), '--json'], true],
    [['merge', image, '--output', at('m.vhd'), '--json'], true],
    [['compact', image, '--json'], true],
    [['resize', image, '6M', '--json'], true],
    [['snapshot', image, at('s.vhd'), '--json'], true],
  ];
}

describe('a parent that was found by its unique id under another name', () => {
  it('is told of by every verb that reads the child, with both times', async () => {
    const { folder, child } = makeChain({ modifiedLaterSeconds: DAY_SECONDS });
    for (const [argv, hasField] of [...readingVerbs(folder, child), ...makingVerbs(folder, child)]) {
      const ran = await runCli(argv);
      const name = `${argv.join(' ')}: ${ran.stderr}`;
      expect(ran.exitCode, name).toBe(0);
      expect(flat(ran.stderr), name).toMatch(FOUND_BY_ID);
      if (hasField) expect(ran.json<{ warnings?: string[] }>().warnings?.join(), name).toMatch(FOUND_BY_ID);
    }
  });

  it('is told of when the child is written, and for a grandchild', async () => {
    const { folder, child } = makeChain({ modifiedLaterSeconds: DAY_SECONDS });
    const written = await runCli(['write', child, '--offset', '0', '--json'], { stdin: new Uint8Array(512) });
    expect(written.json<{ warnings: string[] }>().warnings.join()).toMatch(FOUND_BY_ID);
    const leaf = path.join(folder, 'leaf.vhd');
    expect((await runCli(['snapshot', child, leaf])).exitCode).toBe(0);
    const hashed = await runCli(['hash', leaf, '--json']);
    expect(hashed.json<{ warnings: string[] }>().warnings).toHaveLength(1);
  });

  it('says nothing of times that agree', async () => {
    const { child } = makeChain();
    const { stderr } = await runCli(['hash', child]);
    expect(flat(stderr)).toContain('the same unique id');
    expect(stderr).not.toContain('last modified');
  });

  it('is not merged into unless it is named', async () => {
    const { folder, base, child } = makeChain({ modifiedLaterSeconds: DAY_SECONDS });
    const before = fs.readFileSync(base);
    const refused = await runCli(['merge', child, '--json']);
    expect(refused.exitCode).toBe(3);
    const { error } = refused.json<{ error: { code: string; message: string; hint: string } }>();
    expect(error.code).toBe('parent-mismatch');
    expect(error.message).toMatch(/backup\.vhd" is not the file that .*child\.vhd" names as its parent/);
    expect(error.hint).toContain(`platter relink "${child}" --parent "${base}"`);
    expect(fs.readFileSync(base).equals(before)).toBe(true);
    expect(fs.readdirSync(folder).sort()).toEqual(['backup.vhd', 'child.vhd']);
    expect((await runCli(['merge', child, '--parent', base])).exitCode).toBe(0);
  });

  it('is not merged into through an image below it that was found so', async () => {
    const { folder, base, child } = makeChain({ name: 'parent.vhd' });
    const leaf = path.join(folder, 'leaf.vhd');
    expect((await runCli(['snapshot', child, leaf])).exitCode).toBe(0);
    fs.renameSync(child, path.join(folder, 'renamed.vhd'));
    expect((await runCli(['merge', leaf, '--down-to', base])).exitCode).toBe(3);
  });

  it('is merged into once the child was relinked to it', async () => {
    const { base, child } = makeChain({ modifiedLaterSeconds: DAY_SECONDS });
    expect((await runCli(['relink', child, '--parent', base])).exitCode).toBe(0);
    expect((await runCli(['merge', child])).exitCode).toBe(0);
  });
});

describe('a parent where the child says that it is', () => {
  it('is read without a word after it was copied there', async () => {
    const { folder, child } = makeChain({ name: 'parent.vhd', modifiedLaterSeconds: DAY_SECONDS });
    for (const [argv] of [...readingVerbs(folder, child), ...makingVerbs(folder, child)]) {
      const { stderr, exitCode } = await runCli(argv);
      expect([exitCode, stderr], argv.join(' ')).toEqual([
        0,
        expect.not.stringMatching(/may be wrong|unique id|was made at/),
      ]);
    }
  });

  it('is told of where it was made days after the child', async () => {
    const { child } = makeChain({
      name: 'parent.vhd',
      parent: { footer: { timestamp: MADE_SECONDS + 3 * DAY_SECONDS } },
    });
    const hashed = await runCli(['hash', child, '--json']);
    expect(hashed.json<{ warnings: string[] }>().warnings.join()).toMatch(/parent was made at .*2025-05-11/);
  });
});

describe('relink', () => {
  it.each([['--search'], ['--parent']])('keeps what %s makes the child forget visible', async (option) => {
    const { folder, base, child } = makeChain({ modifiedLaterSeconds: DAY_SECONDS });
    const options = option === '--search' ? [option, folder] : [option, base];
    const ran = await runCli(['relink', child, ...options, '--json']);
    expect(ran.exitCode).toBe(0);
    const evidence = /"backup\.vhd" was last modified at .*2025-05-09.*remembers .*2025-05-08/;
    expect(ran.json<{ warnings: string[] }>().warnings.join()).toMatch(evidence);
    expect(flat(ran.stderr)).toMatch(evidence);
  });

  it('says nothing of a parent that is as old as the child remembers', async () => {
    const { folder, child } = makeChain();
    const ran = await runCli(['relink', child, '--search', folder, '--json']);
    expect(ran.json<{ warnings: string[] }>().warnings).toEqual([]);
  });
});
