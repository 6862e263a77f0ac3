import { spawn } from 'node:child_process';
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  convertImage,
  createImage,
  extractRange,
  NodeFile,
  preflightCompact,
  preflightConvert,
  preflightCreate,
  preflightExtract,
  preflightMerge,
  preflightResize,
  preflightSnapshot,
  resizeImage,
  snapshotImage,
} from '../../../src-main/engine';
import { identityOfPath, lockExclusive } from '../../../src-main/engine/io';
import { nativeFs } from '../../../src-main/engine/io/native';
import { runPreflight } from '../../../src-main/engine/ops/preflight';
import { pathItems } from '../../../src-main/engine/ops/preflight-path';
import type { Preflight } from '../../../src-shared/model/results';
import { buildChildOf, buildDynamicOf, patchyContent } from '../../support/ops-content';
import { describeOracle } from '../../support/oracle';
import { makeTempFolder, removeTempFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const FAT = 0x4d44;
const EXT4 = 0xef53;
const content = patchyContent(2 * MIB, 51);
let folder = '';
const at = (name: string): string => path.join(folder, name);
// Loaded before a test says that this is another system.
nativeFs();
beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => {
  vi.restoreAllMocks();
  removeTempFolder(folder);
});

/** Lets every folder lie on this file system of Linux. */
function pretendVolume(type: number, freeBytes: number): void {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
  const stats = { type, bsize: 512, bavail: freeBytes / 512 };
  const statfs = (_path: string, done: (error: Error | null, stats: unknown) => void): void =>
    done(null, stats);
  vi.spyOn(fs, 'statfs').mockImplementation(statfs as never);
}

const lines = ({ items }: Preflight): string[] =>
  items.filter(({ level }) => level !== 'ok').map(({ code, level }) => `${code} ${level}`);
const fixedOf = (bytes: Buffer) => buildVhd({ type: 'fixed', sizeBytes: bytes.length, data: bytes });

describe('the pre-flight of a target', () => {
  it('blocks a file beyond what FAT32 holds, whatever is free there', async () => {
    pretendVolume(FAT, 64 * GIB);
    const facts = await preflightCreate({ path: at('x.vhd'), type: 'fixed', sizeBytes: 4 * GIB });
    expect(lines(facts)).toEqual(['file-size-limit blocked', 'sparse-files warning']);
    await expect(createImage({ path: at('x.vhd'), type: 'fixed', sizeBytes: 4 * GIB })).rejects.toMatchObject(
      {
        code: 'target-limit',
      },
    );
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(lines(await preflightCreate({ path: at('x.vhd'), type: 'dynamic', sizeBytes: 8 * GIB }))).toEqual(
      [],
    );
  });

  it('counts the holes, too, where a file can have none', async () => {
    const input = { path: at('x.vhd'), type: 'fixed', sizeBytes: 64 * MIB } as const;
    pretendVolume(EXT4, 8 * MIB);
    expect(await preflightCreate(input)).toMatchObject({ ok: true, bytesToWrite: 512 });
    pretendVolume(FAT, 8 * MIB);
    const onFat = await preflightCreate(input);
    expect(onFat.bytesToWrite).toBe(64 * MIB + 512);
    expect(lines(onFat)).toEqual(['free-space blocked', 'sparse-files warning']);
    expect(onFat.items.find(({ code }) => code === 'free-space')?.message).toMatch(/64.*MiB.* 8 MiB/);
  });

  it('counts them in an image on Windows, which attaches none with holes, but not in a raw disk', async () => {
    buildVhd({ type: 'dynamic', sizeBytes: 64 * MIB, blocks: [{ index: 3 }] }).writeTo(at('d.vhd'));
    const source = { path: at('d.vhd') };
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    const toFixed = await preflightConvert({ source, target: at('x.vhd'), to: 'fixed' });
    expect(toFixed.bytesToWrite).toBe(64 * MIB + 512);
    expect(toFixed.items).toContainEqual(expect.objectContaining({ code: 'sparse-files', level: 'ok' }));
    const toRaw = await preflightConvert({ source, target: at('x.raw'), to: 'raw' });
    expect(toRaw.items.some(({ code }) => code === 'sparse-files')).toBe(false);
    expect(toRaw.bytesToWrite).toBe(2 * MIB);
  });

  it('blocks a folder that cannot be written', async () => {
    const error = Object.assign(new Error('read-only'), { code: 'EROFS' });
    vi.spyOn(fsPromises, 'access').mockRejectedValue(error);
    const input = { path: at('x.vhd'), type: 'dynamic', sizeBytes: 4 * MIB } as const;
    expect(lines(await preflightCreate(input))).toEqual(['folder blocked']);
    await expect(createImage(input)).rejects.toMatchObject({ code: 'read-only-target' });
  });

  it.runIf(process.platform === 'linux')('blocks too little space on a real volume', async () => {
    const { bavail, bsize } = fs.statfsSync(folder);
    const sizeBytes = Math.ceil((bavail * bsize) / MIB + 1024) * MIB;
    const facts = await preflightCreate({ path: at('x.vhd'), type: 'fixed', sizeBytes, allocate: 'full' });
    expect(lines(facts)).toContain('free-space blocked');
  });
});

describe('the pre-flight of a path', () => {
  const verdict = (target: string, platform: NodeJS.Platform) =>
    pathItems(target, platform).map(({ code, level }) => `${code} ${level}`);

  const folders = (count: number, separator: string): string => `f${separator}`.repeat(count);
  it.each([
    ['linux', 'a name of 255 bytes', `/f/${'x'.repeat(255)}`, 'path-length ok'],
    ['linux', 'a name of 256 bytes', `/f/${'x'.repeat(256)}`, 'path-length blocked'],
    ['linux', 'a name of 128 characters and 256 bytes', `/f/${'ä'.repeat(128)}`, 'path-length blocked'],
    ['linux', 'a path with room for the working name', `/${folders(2030, '/')}xxx`, 'path-length ok'],
    ['linux', 'a path without', `/${folders(2030, '/')}xxxx`, 'path-length blocked'],
    ['linux', 'what Windows could not have', '/f/a:b?.vhd', 'path-length ok'],
    ['darwin', 'a path with room for the working name', `/${folders(490, '/')}d`, 'path-length ok'],
    ['darwin', 'a path without', `/${folders(500, '/')}d`, 'path-length blocked'],
    ['win32', 'a plain name', 'C:\\f\\disk.vhd', 'path-length ok'],
    ['win32', 'a name of 250 characters', `C:\\f\\${'ä'.repeat(250)}`, 'path-length ok'],
    ['win32', 'a name of 256 characters', `C:\\f\\${'x'.repeat(256)}`, 'path-length blocked'],
    ['win32', 'a path of 259 characters', `C:\\${folders(124, '\\')}disk.vhd`, 'path-length ok'],
    ['win32', 'a path of 261 characters', `C:\\${folders(125, '\\')}disk.vhd`, 'path-length warning'],
    ['win32', 'a path beyond all limits', `C:\\${folders(16_370, '\\')}disk.vhd`, 'path-length blocked'],
    ['win32', 'a stream of another file', 'C:\\f\\a:b.vhd', 'name blocked'],
    ['win32', 'a pattern', 'C:\\f\\what?.vhd', 'name blocked'],
    ['win32', 'a device with an extension', 'C:\\f\\CON.vhd', 'name blocked'],
    ['win32', 'a device', 'C:\\f\\lpt1', 'name blocked'],
    ['win32', 'a name that begins like a device', 'C:\\f\\console.vhd', 'path-length ok'],
    ['win32', 'a space at the end', 'C:\\f\\disk.vhd ', 'name blocked'],
    ['win32', 'a dot at the end', 'C:\\f\\disk.', 'name blocked'],
  ] as const)('on %s knows %s', (platform, _what, target, expected) => {
    expect(verdict(target, platform)).toEqual([expected]);
  });

  it('is the same that the system says', async () => {
    for (const name of ['x'.repeat(255), 'x'.repeat(256)]) {
      const [item] = pathItems(at(name));
      const made = createImage({ path: at(name), type: 'dynamic', sizeBytes: 4 * MIB });
      if (item?.level === 'blocked') await expect(made).rejects.toMatchObject({ code: 'path-too-long' });
      else await made;
    }
    expect(fs.readdirSync(folder)).toEqual(['x'.repeat(255)]);
  });
});

describe('the pre-flight of a source', () => {
  it('says that nothing else uses it, and leaves it as it was and unlocked', async () => {
    fixedOf(content).writeTo(at('d.vhd'));
    const before = fs.statSync(at('d.vhd'), { bigint: true });
    const facts = await preflightConvert({
      source: { path: at('d.vhd') },
      target: at('x.vhd'),
      to: 'dynamic',
    });
    expect(facts.items).toContainEqual({
      code: 'source',
      level: 'ok',
      message: 'Nothing else is using "d.vhd".',
    });
    const after = fs.statSync(at('d.vhd'), { bigint: true });
    expect([after.mtimeNs, after.ctimeNs]).toEqual([before.mtimeNs, before.ctimeNs]);
    const file = await NodeFile.open(at('d.vhd'), 'write');
    expect(lockExclusive(file)).toBe(true);
    await file.close();
  });

  it('blocks where another has the lock, of it or of an ancestor, and the operation then refuses', async () => {
    const base = buildDynamicOf(content, 512 * KIB);
    base.writeTo(at('base.vhd'));
    buildChildOf(base, 'base.vhd', content, () => false, 512 * KIB).writeTo(at('child.vhd'));
    const file = await NodeFile.open(at('base.vhd'), 'write');
    lockExclusive(file);
    try {
      const source = { path: at('child.vhd') };
      const operations = [
        () => preflightConvert({ source, target: at('x.vhd'), to: 'dynamic' }),
        () => preflightResize({ image: { path: at('base.vhd') }, sizeBytes: 4 * MIB, breakChildren: true }),
        () => preflightCompact({ image: { path: at('base.vhd') } }),
        () => preflightMerge({ child: source }),
        () => preflightSnapshot({ parent: { path: at('base.vhd') }, path: at('x.vhd') }),
        () => preflightExtract({ source, target: at('x.raw'), offset: 0, length: MIB }),
        () =>
          runPreflight({
            target: at('base.vhd'),
            inPlace: true,
            bytesToWrite: null,
            predictedFileBytes: null,
          }),
      ];
      for (const preflight of operations) expect(lines(await preflight())).toContain('source blocked');
      const refused = { code: 'file-in-use', unchanged: 'Nothing was written.' };
      await expect(convertImage({ source, target: at('x.vhd'), to: 'dynamic' })).rejects.toMatchObject(
        refused,
      );
      await expect(
        resizeImage({ image: { path: at('base.vhd') }, sizeBytes: 4 * MIB, breakChildren: true }),
      ).rejects.toMatchObject(refused);
      await expect(
        snapshotImage({ parent: { path: at('base.vhd') }, path: at('x.vhd') }),
      ).rejects.toMatchObject(refused);
      await expect(
        extractRange({ source, target: at('x.raw'), offset: 0, length: MIB }),
      ).rejects.toMatchObject(refused);
    } finally {
      await file.close();
    }
    expect(fs.readdirSync(folder).sort()).toEqual(['base.vhd', 'child.vhd']);
  });

  it('blocks what was changed, or has gone, since it was looked at', async () => {
    fixedOf(content).writeTo(at('d.vhd'));
    const request = { target: at('x.vhd'), bytesToWrite: 0, predictedFileBytes: 0 };
    const reads = [{ path: at('d.vhd'), identity: await identityOfPath(at('d.vhd')) }];
    expect(lines(await runPreflight({ ...request, reads }))).toEqual([]);
    fs.appendFileSync(at('d.vhd'), 'x');
    expect(lines(await runPreflight({ ...request, reads }))).toEqual(['source-changed blocked']);
    fs.rmSync(at('d.vhd'));
    expect(lines(await runPreflight({ ...request, reads }))).toEqual(['source-changed blocked']);
  });

  it('blocks a change of what this account may not write', async () => {
    fixedOf(content).writeTo(at('d.vhd'));
    const { access } = fsPromises;
    vi.spyOn(fsPromises, 'access').mockImplementation((file, mode) =>
      file === at('d.vhd') ? Promise.reject(new Error('EACCES')) : access(file, mode),
    );
    const facts = await preflightResize({ image: { path: at('d.vhd') }, sizeBytes: 4 * MIB });
    expect(lines(facts)).toEqual(['source-access blocked']);
  });
});

describeOracle(['qemu-io'], 'beside a running QEMU', () => {
  it('a source that QEMU has open for writing is warned about, and not changed in place', async () => {
    fixedOf(content).writeTo(at('d.vhd'));
    fs.writeFileSync(at('d.raw'), content);
    const qemu = spawn('qemu-io', ['-f', 'raw', at('d.raw')], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      qemu.stdin.write('write -P 1 0 512\n');
      await new Promise<void>((resolve) =>
        qemu.stdout.on('data', (text: Buffer) => {
          if (text.toString().includes('wrote')) resolve();
        }),
      );
      const source = { path: at('d.raw'), format: 'raw' } as const;
      const facts = await preflightConvert({ source, target: at('x.vhd'), to: 'dynamic' });
      expect(lines(facts)).toEqual(['source warning']);
      const inPlace = { target: at('d.raw'), inPlace: true, bytesToWrite: null, predictedFileBytes: null };
      expect(lines(await runPreflight(inPlace))).toEqual(['source blocked']);
    } finally {
      qemu.stdin.end('quit\n');
      await new Promise((resolve) => qemu.once('close', resolve));
    }
  });
});

describe('the forecast of bytes to be written', () => {
  it('of a larger dynamic disk has what moves, tables and journal, and its exact length', async () => {
    buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB, blocks: [{ index: 0 }, { index: 1 }] }).writeTo(
      at('d.vhd'),
    );
    const image = { path: at('d.vhd') };
    const facts = await preflightResize({ image, sizeBytes: 32 * GIB });
    const result = await resizeImage({
      image,
      sizeBytes: 32 * GIB,
      history: { historyFolder: at('history') },
    });
    expect(facts.predictedFileBytes).toBe(result.fileSizeBytes);
    // the block that moves, and in the journal what is zeroed where it lay
    expect(facts.bytesToWrite).toBeGreaterThan(4 * MIB);
    expect(facts.bytesToWrite).toBeLessThan(5 * MIB);
  });

  it('of a larger fixed disk is little where the file can have holes, and all of it elsewhere', async () => {
    fixedOf(content).writeTo(at('d.vhd'));
    const image = { path: at('d.vhd') };
    pretendVolume(EXT4, 8 * MIB);
    expect((await preflightResize({ image, sizeBytes: GIB })).bytesToWrite).toBeLessThan(16 * KIB);
    pretendVolume(FAT, 8 * MIB);
    const facts = await preflightResize({ image, sizeBytes: GIB });
    expect(facts).toMatchObject({ ok: false, predictedFileBytes: GIB + 512 });
    const before = fs.readFileSync(at('d.vhd'));
    await expect(resizeImage({ image, sizeBytes: GIB })).rejects.toMatchObject({ code: 'no-space' });
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
    expect(fs.readdirSync(folder)).toEqual(['d.vhd']);
  });

  it('of a child is its exact length, and of a range of guest bytes what holds data', async () => {
    buildVhd({ type: 'dynamic', sizeBytes: 64 * MIB, blocks: [{ index: 3 }] }).writeTo(at('d.vhd'));
    const child = { parent: { path: at('d.vhd') }, path: at('child.vhd') };
    const facts = await preflightSnapshot(child);
    expect(facts.bytesToWrite).toBe((await snapshotImage(child)).fileSizeBytes);
    const range = { source: { path: at('d.vhd') }, target: at('x.raw'), offset: 0, length: 64 * MIB };
    expect(await preflightExtract(range)).toMatchObject({
      bytesToWrite: 2 * MIB,
      predictedFileBytes: 64 * MIB,
    });
  });
});
