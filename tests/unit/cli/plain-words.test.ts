/** What a refusal or a note says where a person did what cannot work: the reason, and a next step that can. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { compactImage, hashDisk, openDisk, readingFrom } from '../../../src-main/engine';
import { NodeFile } from '../../../src-main/engine/io';
import { nativeFs } from '../../../src-main/engine/io/native';
import { mountSmallVolume } from '../../support/small-volume';
import { makeTempFolder, removeTempFolder, useTempFolders } from '../../support/temp';
import { buildVhd, nextId } from '../../support/vhd-builder';
import { runCli, type CliResult, type JsonError } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders('each');
const undoFolder = makeTempFolder('undo');
vi.stubEnv('PLATTER_UNDO_DIR', undoFolder);
afterAll(() => removeTempFolder(undoFolder));
const words = ({ stderr }: CliResult): string => stderr.replace(/\s+/g, ' ');

function makeDisk(name = 'd.vhd', folder = makeFolder()): string {
  const blocks = [
    { index: 0, data: 1 },
    { index: 3, data: 2 },
  ] as const;
  return buildVhd({ type: 'dynamic', sizeBytes: 20 * MIB, blocks }).writeTo(path.join(folder, name));
}

describe('a place on the disk that is not there', () => {
  it('is told from a length that is too long, each with what can be given', async () => {
    const disk = makeDisk();
    const behind = await runCli(['read', disk, '--offset', '30M', '-o', path.join(makeFolder(), 'x')]);
    expect(behind.exitCode).toBe(2);
    expect(words(behind)).toContain('Byte 31,457,280 lies behind the end of the disk, which has 20 MiB');
    expect(words(behind)).toContain('before byte 20,971,520');
    const tooLong = await runCli(['hash', disk, '--offset', '15M', '--length', '10M']);
    expect(tooLong.exitCode).toBe(2);
    expect(words(tooLong)).toContain(
      '10 MiB (10,485,760 bytes) from byte 15,728,640 reach behind the end of the disk',
    );
    expect(words(tooLong)).toContain(
      'Leave out --length to go to the end of the disk, or give at most 5 MiB',
    );
  });

  it.each(['--offset', '--length'])(
    'given as what is no number (%s) asks for no multiple of 512',
    async (option) => {
      const result = await runCli(['hash', makeDisk(), option, '12x']);
      expect(result.exitCode).toBe(2);
      expect(words(result)).not.toContain('multiple');
      expect(words(result)).toMatch(/whole (number of )?bytes/);
    },
  );
});

it('an option behind "--" is told to be taken for a name', async () => {
  const result = await runCli(['create', '--', '-x.vhd', '--type', 'dynamic', '--size', '2M']);
  expect(result.exitCode).toBe(2);
  expect(words(result)).toContain('Everything behind "--" is a name: give options before it.');
  const other = await runCli(['info', 'a b', 'c']);
  expect(words(other)).toContain('quotes');
});

describe('a result that would take the place of its own source', () => {
  it.each([
    ['snapshot', (disk: string) => ['snapshot', disk, disk]],
    ['convert', (disk: string) => ['convert', disk, disk, '--to', 'fixed']],
    ['read', (disk: string) => ['read', disk, '-o', disk]],
  ])('of %s is refused as that, and --force is not advised', async (_verb, argumentsFor) => {
    const disk = makeDisk();
    const before = fs.readFileSync(disk);
    for (const force of [[], ['--force']]) {
      const result = await runCli([...argumentsFor(disk), ...force]);
      expect(result.exitCode).toBe(2);
      expect(words(result)).toContain('is what the result is made from');
      expect(words(result)).not.toContain('--force');
    }
    expect(fs.readFileSync(disk).equals(before)).toBe(true);
  });
});

it.runIf(process.platform === 'linux')('a folder that takes no files is told as that', async () => {
  const result = await runCli(['create', '/proc/x.vhd', '--type', 'dynamic', '--size', '2M', '--json']);
  expect(result.exitCode).toBe(4);
  expect(result.json<JsonError>().error).toMatchObject({ code: 'read-only-target', path: '/proc' });
  expect(result.json<JsonError>().error.message).toBe('No file can be made in the folder "/proc".');
});

const volume = mountSmallVolume(64 * 1024);
afterAll(() => volume?.unmount());

it.runIf(volume !== null)('a disk that is full is named by its folder, not by a file of ours', async () => {
  const folder = volume?.folder ?? '';
  const disk = path.join(folder, 'd.vhd');
  buildVhd({ type: 'dynamic', sizeBytes: 2 * MIB }).writeTo(disk);
  const before = fs.readFileSync(disk);
  const { bavail, bsize } = fs.statfsSync(folder);
  fs.writeFileSync(path.join(folder, 'ballast'), Buffer.alloc(bavail * bsize, 1));
  const result = await runCli(['edit', disk, '--set', 'uniqueId=random', '--json']);
  expect(result.exitCode).toBe(4);
  const { error } = result.json<JsonError>();
  expect(error).toMatchObject({ code: 'no-space', path: folder });
  expect(error.message).toContain(`no room left in the folder "${folder}" for the undo journal`);
  expect(error.message).not.toMatch(/platter-(undo|part)/);
  expect(fs.readFileSync(disk).equals(before)).toBe(true);
});

describe('an image that another program cuts off while it is read', () => {
  it.each(['compact', 'hash'])('stops %s with that, and not as a damaged one', async (verb) => {
    const disk = makeDisk();
    let isCut = false;
    const onProgress = (): void => {
      if (isCut) return;
      isCut = true;
      fs.truncateSync(disk, 3 * MIB);
    };
    const work = verb === 'compact' ? compactImage({ image: { path: disk } }, { onProgress }) : hashCut(disk);
    await expect(work).rejects.toMatchObject({ code: 'file-changed' });
  });
});

/** The disk is opened whole and cut before its last block is read. */
async function hashCut(disk: string): Promise<never> {
  const opened = await openDisk(disk);
  try {
    fs.truncateSync(disk, 3 * MIB);
    await readingFrom([opened], () => hashDisk(opened.disk, { offset: 0, length: 20 * MIB }));
    throw new Error('it was read');
  } finally {
    await opened.close();
  }
}

it('a damaged image that nobody changed stays a damaged one', async () => {
  const disk = buildVhd({
    type: 'dynamic',
    sizeBytes: 20 * MIB,
    blocks: [{ index: 0, data: 1 }],
    batOverrides: { 3: 0x00ff_0000 },
  }).writeTo(path.join(makeFolder(), 'd.vhd'));
  const result = await runCli(['hash', disk, '--json']);
  expect(result.exitCode).toBe(3);
  expect(result.json<JsonError>().error.code).toBe('damaged-range');
});

describe.runIf(nativeFs() !== null && process.platform === 'linux')(
  'an image that a machine has locked',
  () => {
    it.each([
      ['hash', (disk: string) => ['hash', disk]],
      ['read', (disk: string) => ['read', disk, '--length', '512']],
      ['map', (disk: string) => ['map', disk]],
      ['compare', (disk: string) => ['compare', disk, disk]],
      ['convert', (disk: string) => ['convert', disk, '-', '--to', 'raw']],
    ])('is read by %s with a note, and without one when the lock is gone', async (_verb, argumentsFor) => {
      const disk = makeDisk();
      const holder = await NodeFile.open(disk, 'read');
      nativeFs()?.tryLock(holder.fd, 100, 1, { shared: true });
      const locked = await runCli(argumentsFor(disk));
      await holder.close();
      expect(locked.exitCode).toBe(0);
      expect(words(locked)).toContain(
        `holds a lock on "${disk}": what is read may belong to no single moment.`,
      );
      const free = await runCli(argumentsFor(disk));
      expect(free.stderr).toBe('');
    });
  },
);

it('relinking a child to the parent that it names already writes nothing and says so', async () => {
  const folder = makeFolder();
  const id = nextId();
  const parent = buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, footer: { uniqueId: id } }).writeTo(
    path.join(folder, 'p.vhd'),
  );
  const child = buildVhd({
    type: 'differencing',
    sizeBytes: 8 * MIB,
    locators: [{ platform: 'W2ru', data: '.\\elsewhere.vhd' }],
    header: { parentId: id, parentName: 'elsewhere.vhd' },
  }).writeTo(path.join(folder, 'c.vhd'));
  const first = await runCli(['relink', child, '--parent', parent, '--json']);
  expect(first.json<{ journal: string | null }>().journal).not.toBeNull();
  const before = { bytes: fs.readFileSync(child), mtime: fs.statSync(child).mtimeMs };
  const again = await runCli(['relink', child, '--parent', parent, '--json']);
  expect(again.exitCode).toBe(0);
  expect(again.json()).toMatchObject({
    journal: null,
    isUnchanged: true,
    fileSizeBytes: before.bytes.length,
  });
  expect(again.json<{ changed: string[] }>().changed[0]).toContain('already; nothing was written');
  expect(fs.readFileSync(child).equals(before.bytes)).toBe(true);
  expect(fs.statSync(child).mtimeMs).toBe(before.mtime);
  // a parent that was modified since has another time to be remembered
  fs.utimesSync(parent, new Date(), new Date('2020-01-02T03:04:05Z'));
  const newer = await runCli(['relink', child, '--parent', parent, '--json']);
  expect(newer.json<{ journal: string | null }>().journal).not.toBeNull();
});

describe('a name with a line break', () => {
  it.each(['linux', 'macos', 'windows'])('stays within one line of a command for %s', async (system) => {
    const disk = makeDisk("a\nrm 'b'\t.vhd");
    const result = await runCli(['attach-command', disk, '--for', system, '--json']);
    const { commands } = result.json<{ commands: { command: string }[] }>();
    expect(commands.length).toBeGreaterThan(2);
    for (const { command } of commands) expect(command).not.toMatch(/[\n\t]/);
  });

  it('is the one word for a shell that it was', async () => {
    const disk = makeDisk("a\nrm 'b'\t.vhd");
    const result = await runCli(['attach-command', disk, '--for', 'macos', '--json']);
    const { command } = result.json<{ commands: { command: string }[] }>().commands[0] ?? { command: '' };
    const printed = execFileSync('bash', [
      '-c',
      `printf '%s\\0' ${command.replace(/^platter convert /, '')}`,
    ]);
    expect(printed.toString().split('\0')[0]).toBe(disk);
  });
});

describe('an image with two names (hard links)', () => {
  it('has its change listed and undone under the other name, wherever that is', async () => {
    const [folder, elsewhere] = [makeFolder(), makeFolder()];
    const disk = makeDisk('d.vhd', folder);
    const link = path.join(elsewhere, 'link.vhd');
    fs.linkSync(disk, link);
    const before = fs.readFileSync(disk);
    await runCli(['edit', disk, '--set', 'uniqueId=random']);
    expect(fs.readFileSync(link).equals(before)).toBe(false);
    const listed = await runCli(['undo', '--list', link, '--json']);
    expect(listed.json<{ journals: unknown[] }>().journals).toHaveLength(1);
    const undone = await runCli(['undo', link]);
    expect(undone.stderr).toBe('');
    expect(undone.exitCode).toBe(0);
    expect(undone.stdout).toContain('(used up and removed)');
    expect(fs.readFileSync(link).equals(before)).toBe(true);
    expect(fs.readdirSync(elsewhere)).toEqual(['link.vhd']);
  });

  it('is not taken for a copy of it', async () => {
    const folder = makeFolder();
    const disk = makeDisk('d.vhd', folder);
    await runCli(['edit', disk, '--set', 'creator=abcd']);
    const copy = path.join(folder, 'copy.vhd');
    fs.copyFileSync(disk, copy);
    fs.linkSync(copy, path.join(folder, 'copy2.vhd'));
    const result = await runCli(['undo', copy, '--json']);
    expect(result.json<JsonError>().error.code).toBe('nothing-to-undo');
  });
});
