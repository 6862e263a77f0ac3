import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDisk } from '../../../src-main/engine/chain';
import { hashDisk } from '../../../src-main/engine/ops/hash';
import { readGuest } from '../../../src-main/engine/ops/read';
import { writeGuest } from '../../../src-main/engine/ops/write';
import { buildChain, openChain, readAll, type LayerPlan } from '../../support/disk-model';
import { useTempFolders } from '../../support/temp';
import { buildVhd, patternBlock, type VhdKnobs } from '../../support/vhd-builder';

const MIB = 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* pieces(...all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const one of all) yield await Promise.resolve(one);
}

const plan = (type: LayerPlan['type'], sizeBytes = 6 * MIB + 512): LayerPlan => ({
  type,
  sizeBytes,
  blockSizeBytes: 65_536,
  seed: 5,
});

describe('the hash of the guest’s bytes', () => {
  it.each([
    ['a fixed disk', [plan('fixed')]],
    ['a dynamic disk', [plan('dynamic')]],
    ['a raw disk', [plan('raw')]],
    ['a chain', [plan('dynamic'), plan('differencing'), plan('differencing')]],
  ])('of %s is that of its content, as a whole, in part, and by the block', async (_name, plans) => {
    const { files, types, content } = buildChain(plans);
    const disk = await openChain(files, types);
    expect(await hashDisk(disk)).toEqual({
      algorithm: 'sha256',
      hash: sha256(content),
      bytes: content.length,
    });
    const part = { offset: 100_001, length: 5 * MIB };
    expect((await hashDisk(disk, part)).hash).toBe(sha256(content.subarray(100_001, 100_001 + 5 * MIB)));
    expect((await hashDisk(disk, { algorithm: 'md5' })).hash).toBe(
      createHash('md5').update(content).digest('hex'),
    );
    const blockBytes = disk.blockSizeBytes ?? 2 * MIB;
    const { blocks } = await hashDisk(disk, { perBlock: true });
    expect(blocks).toHaveLength(Math.ceil(content.length / blockBytes));
    expect(blocks?.[3]).toBe(sha256(content.subarray(3 * blockBytes, 4 * blockBytes)));
  });

  it('of a disk of zeros reads no file, and says how far it is', async () => {
    const built = buildVhd({ type: 'dynamic', sizeBytes: 40 * MIB, blockSizeBytes: 2 * MIB });
    const disk = await openChain([await built.file()], ['dynamic']);
    const seen: number[] = [];
    const { hash } = await hashDisk(disk, {}, { onProgress: ({ doneBytes }) => seen.push(doneBytes) });
    expect(hash).toBe(sha256(new Uint8Array(40 * MIB)));
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(40 * MIB);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  it('is refused by an unknown name and outside the disk, and stops when it is cancelled', async () => {
    const { files, types } = buildChain([plan('dynamic')]);
    const disk = await openChain(files, types);
    await expect(hashDisk(disk, { algorithm: 'rot13' })).rejects.toMatchObject({ code: 'bad-value' });
    await expect(hashDisk(disk, { offset: 1, length: 7 * MIB })).rejects.toMatchObject({ code: 'usage' });
    const cancelling = new AbortController();
    const onProgress = (): void => cancelling.abort();
    await expect(hashDisk(disk, {}, { signal: cancelling.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('reading guest bytes in pieces', () => {
  it('gives the range asked for, whole and in order', async () => {
    const { files, types, content } = buildChain([plan('dynamic'), plan('differencing')]);
    const disk = await openChain(files, types);
    for (const range of [{}, { offset: 3 * MIB - 7, length: 2 * MIB }, { offset: content.length }]) {
      const got: Uint8Array[] = [];
      for await (const piece of readGuest(disk, range)) got.push(piece);
      const start = 'offset' in range ? range.offset : 0;
      const end = 'length' in range ? start + range.length : content.length;
      expect(Buffer.concat(got).equals(content.subarray(start, end))).toBe(true);
    }
  });
});

describe('writing guest bytes', () => {
  const folder = useTempFolders();
  beforeEach(() => {
    vi.stubEnv('PLATTER_UNDO_DIR', path.join(folder('undo'), 'undo'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  function image(changes: Partial<VhdKnobs> = {}): { file: string; id: string } {
    const built = buildVhd({
      type: 'dynamic',
      sizeBytes: MIB,
      blockSizeBytes: 65_536,
      blocks: [{ index: 1 }],
      ...changes,
    });
    return { file: built.writeTo(path.join(folder(), 'disk.vhd')), id: built.uniqueId };
  }

  it('puts them where they belong and reads them back', async () => {
    const { file } = image();
    const bytes = patternBlock(9, 100_000);
    const source = pieces(bytes.subarray(0, 33_333), bytes.subarray(33_333));
    const result = await writeGuest({ image: { path: file }, offset: 60_000, length: bytes.length }, source);
    expect(result).toMatchObject({ verified: true, virtualSizeBytes: MIB });
    expect(result.fileSizeBytes).toBe(fs.statSync(file).size);
    const expected = new Uint8Array(MIB);
    expected.set(patternBlock(1, 65_536), 65_536);
    expected.set(bytes, 60_000);
    const opened = await openDisk(file);
    expect(Buffer.compare(await readAll(opened.disk), expected)).toBe(0);
    await opened.close();
  });

  it('writes nothing where it is known beforehand that they do not fit', async () => {
    const { file } = image();
    const before = fs.readFileSync(file);
    const writing = writeGuest(
      { image: { path: file }, offset: MIB - 10, length: 11 },
      pieces(new Uint8Array(11)),
    );
    await expect(writing).rejects.toMatchObject({ code: 'usage' });
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });

  it('is refused for a parent with children unless they may break, and for a disk in saved state', async () => {
    const { file, id } = image();
    const child = buildVhd({
      type: 'differencing',
      sizeBytes: MIB,
      blockSizeBytes: 65_536,
      header: { parentId: id },
    });
    child.writeTo(path.join(path.dirname(file), 'child.vhd'));
    const before = fs.readFileSync(file);
    const input = { image: { path: file }, offset: 0 };
    const bytes = Uint8Array.of(1, 2, 3);
    await expect(writeGuest(input, pieces(bytes))).rejects.toMatchObject({ code: 'has-children' });
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    const result = await writeGuest({ ...input, breakChildren: true }, pieces(bytes));
    expect(result.warnings[0]).toContain('child.vhd');
    const saved = image({ footer: { savedState: 1 } });
    const refused = writeGuest({ image: { path: saved.file }, offset: 0 }, pieces(bytes));
    await expect(refused).rejects.toMatchObject({ code: 'saved-state' });
  });

  it('into a child completes partial sectors from the parent and leaves the parent alone', async () => {
    const { file, id } = image();
    const parentBefore = fs.readFileSync(file);
    const childFile = path.join(path.dirname(file), 'child.vhd');
    buildVhd({
      type: 'differencing',
      sizeBytes: MIB,
      blockSizeBytes: 65_536,
      header: { parentId: id, parentName: 'disk.vhd' },
    }).writeTo(childFile);
    await writeGuest({ image: { path: childFile }, offset: 65_536 + 700 }, pieces(new Uint8Array(100)));
    const expected = new Uint8Array(MIB);
    expected.set(patternBlock(1, 65_536), 65_536);
    expected.fill(0, 65_536 + 700, 65_536 + 800);
    const opened = await openDisk(childFile);
    expect(Buffer.compare(await readAll(opened.disk), expected)).toBe(0);
    const extents = [];
    for await (const extent of opened.disk.extents(65_536, 4 * 512))
      extents.push([extent.state, extent.length]);
    expect(extents).toEqual([
      ['parent', 512],
      ['data', 512],
      ['parent', 1024],
    ]);
    await opened.close();
    expect(fs.readFileSync(file).equals(parentBefore)).toBe(true);
  });
});
