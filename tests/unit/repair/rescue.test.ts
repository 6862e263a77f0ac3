import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDisk } from '../../../src-main/engine/chain';
import { checkImage } from '../../../src-main/engine/check';
import { rescueImage } from '../../../src-main/engine/ops/rescue';
import { writeGpt, writeMbr } from '../../support/partition-builder';
import { useTempFolders } from '../../support/temp';
import { patternBlock } from '../../support/vhd-builder';
import { Bench, BLOCK, dynamicKnobs, fixedKnobs } from './repair-kit';

const folder = useTempFolders();
const BLOCKS = 24;
const SIZE = BLOCKS * BLOCK;

/** A disk with a GPT, every block of it in use. */
function gptDisk(sizeBytes = SIZE): Buffer {
  const disk = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += BLOCK)
    disk.set(patternBlock(at / BLOCK, BLOCK).subarray(0, sizeBytes - at), at);
  disk.fill(0, 0, 34 * 512);
  disk.fill(0, disk.length - 33 * 512);
  writeGpt(disk, [{ startSector: 256, sectors: 1024, name: 'data' }]);
  return disk;
}

/** The image of a disk, blocks in the order of `order` in the file; `only` leaves blocks out. */
function imageOf(disk: Buffer, into: string, order: readonly number[], more = {}): Bench {
  return new Bench(
    into,
    dynamicKnobs({
      sizeBytes: disk.length,
      blocks: order.map((index) => ({
        index,
        data: Uint8Array.from(disk.subarray(index * BLOCK, (index + 1) * BLOCK)),
      })),
      ...more,
    }),
  );
}

const ascending = Array.from({ length: BLOCKS }, (_, index) => index);

async function contentOf(image: string): Promise<Buffer> {
  const { disk } = await openDisk(image);
  try {
    const bytes = Buffer.alloc(disk.sizeBytes);
    await disk.readAt(bytes, 0);
    return bytes;
  } finally {
    await disk.close();
  }
}

async function rescued(bench: Bench) {
  const before = bench.bytes();
  const target = path.join(path.dirname(bench.path), 'rescued.vhd');
  const result = await rescueImage(bench.path, target);
  expect(bench.bytes().equals(before), 'the source is only read').toBe(true);
  expect((await checkImage(target, { deep: true })).verdict).not.toBe('errors');
  return { result, content: await contentOf(target) };
}

describe('rescue gives back the whole content where', () => {
  const BAT = 1536;
  const shuffled = [...ascending].reverse();
  const cases: readonly [string, readonly number[], (bench: Bench) => void][] = [
    [
      'both footers are gone, blocks in any order',
      shuffled,
      (b) => b.write(0, new Uint8Array(512)).truncate(b.built.footerOffset),
    ],
    ['the header is gone, blocks in any order', shuffled, (b) => b.write(512, new Uint8Array(1024))],
    ['the header is garbage', shuffled, (b) => b.write(512, new Uint8Array(1024).fill(0x5a))],
    ['the BAT is gone', ascending, (b) => b.write(BAT, new Uint8Array(512))],
    ['the BAT is garbage', ascending, (b) => b.write(BAT, new Uint8Array(512).fill(0x33))],
    ['a part of the BAT is gone', ascending, (b) => b.write(BAT + 20, new Uint8Array(28))],
    ['header and BAT are gone', ascending, (b) => b.write(512, new Uint8Array(1536))],
    [
      'everything but the blocks is gone',
      ascending,
      (b) => b.write(0, new Uint8Array(2048)).truncate(b.built.footerOffset),
    ],
    [
      'everything but the blocks is garbage',
      ascending,
      (b) => b.write(0, new Uint8Array(2048).fill(0xee)).truncate(b.built.footerOffset),
    ],
  ];
  for (const [name, order, damage] of cases) {
    it(name, async () => {
      const disk = gptDisk();
      const bench = imageOf(disk, folder(), order);
      damage(bench);
      const { result, content } = await rescued(bench);
      expect(result.virtualSizeBytes).toBe(disk.length);
      expect(content.equals(disk)).toBe(true);
      expect(result.lost).toEqual([]);
      expect([...result.certain, ...result.likely].length).toBeGreaterThan(0);
    });
  }

  it('an untouched image is certain in everything', async () => {
    const disk = gptDisk();
    const { result, content } = await rescued(imageOf(disk, folder(), shuffled));
    expect(content.equals(disk)).toBe(true);
    expect(result.likely).toEqual([]);
    expect(result.lost).toEqual([]);
  });

  it('the size comes from the GPT where the footers and the exact size are gone', async () => {
    const disk = gptDisk(SIZE - 20 * 512);
    const bench = imageOf(disk, folder(), ascending);
    bench.write(0, new Uint8Array(512)).truncate(bench.built.footerOffset);
    const { result, content } = await rescued(bench);
    expect(result.virtualSizeBytes).toBe(disk.length);
    expect(content.equals(disk)).toBe(true);
    expect(result.likely.join(' ')).toMatch(/GPT/);
  });
});

describe('what content says about places', () => {
  it('puts the table first and the backup last, though the file has them otherwise', async () => {
    const disk = gptDisk();
    const order = [1, 2, 3, 0, 23, ...Array.from({ length: 19 }, (_, at) => at + 4)];
    const bench = imageOf(disk, folder(), order);
    bench.write(1536, new Uint8Array(512));
    const { result, content } = await rescued(bench);
    expect(content.subarray(0, BLOCK).equals(disk.subarray(0, BLOCK))).toBe(true);
    expect(content.subarray(23 * BLOCK).equals(disk.subarray(23 * BLOCK))).toBe(true);
    expect(result.likely.join(' ')).toMatch(/Block 0 by the GPT/);
    expect(result.likely.join(' ')).toMatch(/Block 23 by the backup/);
    expect(result.guessed.join(' ')).toMatch(/only by the order/);
  });

  it('finds the block of a partition by its file system', async () => {
    const disk = Buffer.alloc(SIZE);
    writeMbr(disk, [{ startSector: (10 * BLOCK) / 512, sectors: 1280 }]);
    disk.fill(1, 10 * BLOCK, 11 * BLOCK);
    disk.write('NTFS    ', 10 * BLOCK + 3, 'latin1');
    disk.fill(2, 12 * BLOCK, 13 * BLOCK);
    const bench = imageOf(disk, folder(), [0, 10, 12]);
    bench.write(1536, new Uint8Array(512));
    const { content } = await rescued(bench);
    expect(content.subarray(10 * BLOCK, 11 * BLOCK).equals(disk.subarray(10 * BLOCK, 11 * BLOCK))).toBe(true);
  });
});

describe('what is lost is said', () => {
  it('blocks behind the end of the file', async () => {
    const disk = gptDisk();
    const bench = imageOf(disk, folder(), ascending);
    bench.truncate((bench.built.bitmapOffsets.get(20) ?? 0) + 1000);
    const { result, content } = await rescued(bench);
    expect(content.subarray(0, 20 * BLOCK).equals(disk.subarray(0, 20 * BLOCK))).toBe(true);
    expect(content.subarray(20 * BLOCK).every((byte) => byte === 0)).toBe(true);
    expect(result.lost.join(' ')).toMatch(/4 blocks/);
  });

  it('a file without anything is refused, and nothing is left behind', async () => {
    const into = folder();
    const source = path.join(into, 'noise.vhd');
    fs.writeFileSync(source, Buffer.alloc(300_000, 'lorem ipsum '));
    await expect(rescueImage(source, path.join(into, 'out.vhd'))).rejects.toMatchObject({
      code: 'nothing-found',
    });
    fs.writeFileSync(source, Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(5000)]));
    await expect(rescueImage(source, path.join(into, 'out.vhd'))).rejects.toMatchObject({
      code: 'not-a-vhd',
    });
    expect(fs.readdirSync(into)).toEqual(['noise.vhd']);
  });

  it('an existing target is never replaced unasked', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    const target = path.join(path.dirname(bench.path), 'there.vhd');
    fs.writeFileSync(target, 'mine');
    await expect(rescueImage(bench.path, target)).rejects.toMatchObject({ code: 'target-exists' });
    await rescueImage(bench.path, target, { replace: true });
    expect((await checkImage(target)).verdict).not.toBe('errors');
  });
});

it('a fixed disk whose footer is gone is its file', async () => {
  const disk = gptDisk();
  const bench = new Bench(folder(), fixedKnobs({ sizeBytes: disk.length, data: disk }));
  bench.truncate(disk.length + 100);
  const { result, content } = await rescued(bench);
  expect(content.equals(disk)).toBe(true);
  expect(result.lost.join(' ')).toMatch(/100 bytes/);
});

it('a differencing disk stays one: bitmaps, parent and locators are kept', async () => {
  const bench = new Bench(
    folder(),
    dynamicKnobs({
      type: 'differencing',
      sizeBytes: 8 * BLOCK,
      blocks: [
        { index: 5, bitmap: [1, 2, 3] },
        { index: 2, bitmap: 'ones' },
      ],
      header: { parentId: '11111111-2222-4333-8444-555555555555', parentName: 'base.vhd' },
      locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
    }),
  );
  const before = bench.bytes();
  bench.write(bench.built.footerOffset, new Uint8Array(512));
  const target = path.join(path.dirname(bench.path), 'rescued.vhd');
  const result = await rescueImage(bench.path, target);
  const after = fs.readFileSync(target);
  expect(after[63]).toBe(4);
  expect(after.subarray(512 + 40, 512 + 56).equals(before.subarray(512 + 40, 512 + 56))).toBe(true);
  const locator = Number(after.readBigUInt64BE(512 + 576 + 16));
  expect(after.subarray(locator, locator + 20).toString('utf16le')).toBe('.\\base.vhd');
  const block = after.readUInt32BE(1536 + 5 * 4) * 512;
  const was = before.readUInt32BE(1536 + 5 * 4) * 512;
  expect(after.subarray(block, block + 512 + BLOCK).equals(before.subarray(was, was + 512 + BLOCK))).toBe(
    true,
  );
  expect((await checkImage(target)).verdict).not.toBe('errors');
  expect(result.lost).toEqual([]);
});

it('places the blocks of an ext file system by the copies of its superblock', async () => {
  const disk = Buffer.alloc(SIZE);
  const start = 2 * BLOCK;
  writeMbr(disk, [{ startSector: start / 512, sectors: 2048 }]);
  const superblock = (at: number, group: number): void => {
    disk.fill(1 + group, at - (at % BLOCK), at - (at % BLOCK) + BLOCK);
    disk.fill(0, at, at + 1024);
    disk.writeUInt32LE(1, at + 20);
    disk.writeUInt32LE(0, at + 24);
    disk.writeUInt32LE(256, at + 32);
    disk.writeUInt16LE(0xef53, at + 56);
    disk.writeUInt16LE(group, at + 90);
  };
  superblock(start + 1024, 0);
  superblock(start + (1 * 256 + 1) * 1024, 1);
  superblock(start + (3 * 256 + 1) * 1024, 3);
  const bench = imageOf(disk, folder(), [14, 6, 0, 2]);
  bench.write(1536, new Uint8Array(512));
  const { result, content } = await rescued(bench);
  expect(content.equals(disk)).toBe(true);
  expect(result.likely.join(' ')).toMatch(/Block 14 by a copy of the ext superblock/);
});

it('a cancelled rescue leaves nothing behind', async () => {
  const into = folder();
  const bench = imageOf(gptDisk(), into, ascending);
  const signal = AbortSignal.abort();
  await expect(rescueImage(bench.path, path.join(into, 'out.vhd'), { signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(fs.readdirSync(into)).toEqual(['disk.vhd']);
});

describe('a BAT that is whole where footers and header are gone', () => {
  it('gives every block its place, in whatever order they lie in the file', async () => {
    const order = [5, 0, 9, 2, 7];
    const disk = Buffer.alloc(SIZE);
    for (const index of order) disk.set(patternBlock(index, BLOCK), index * BLOCK);
    const bench = imageOf(disk, folder(), order);
    bench.write(0, new Uint8Array(1536));
    bench.write(bench.bytes().length - 512, new Uint8Array(512));
    const target = path.join(path.dirname(bench.path), 'rescued.vhd');
    const result = await rescueImage(bench.path, target);
    expect(result.guessed).toEqual([]);
    expect(result.likely.join(' ')).toContain('byte 1536');
    const content = await contentOf(target);
    expect(content.equals(disk.subarray(0, content.length))).toBe(true);
    expect(content.length).toBeGreaterThanOrEqual(10 * BLOCK);
  });
});
