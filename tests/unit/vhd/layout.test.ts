import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fileBytesAt,
  GIB_BYTES,
  isBlockSizeLegal,
  isBlockSizeStandard,
  KIB_BYTES,
  MIB_BYTES,
  nearestBlockSizes,
  predictLayout,
  sectorBitmapBytes,
  sizeIssues,
} from '../../../src-shared/vhd';

describe('predictLayout', () => {
  it('puts a fixed disk before its footer', () => {
    expect(predictLayout({ type: 'fixed', sizeBytes: 40 * MIB_BYTES })).toMatchObject({
      dataOffset: 0,
      headerOffset: null,
      batOffset: null,
      maxTableEntries: 0,
      emptyFileBytes: 41_943_552,
      fullFileBytes: 41_943_552,
    });
  });

  it('lays a 40 MiB dynamic disk out by hand-made numbers', () => {
    // 20 entries take 80 bytes, one sector: footer copy 512, header 1024, BAT 512, footer 512.
    const layout = predictLayout({ type: 'dynamic', sizeBytes: 40 * MIB_BYTES });
    expect(layout).toEqual({
      type: 'dynamic',
      sizeBytes: 41_943_040,
      blockSizeBytes: 2_097_152,
      maxTableEntries: 20,
      bitmapBytes: 512,
      blockStrideBytes: 2_097_664,
      headerOffset: 512,
      batOffset: 1536,
      batBytes: 512,
      locatorsOffset: null,
      locatorsBytes: 0,
      dataOffset: 2048,
      emptyFileBytes: 2560,
      fullFileBytes: 2560 + 20 * 2_097_664,
    });
    expect(fileBytesAt(layout, 0)).toBe(2560);
    expect(fileBytesAt(layout, 3)).toBe(2560 + 3 * 2_097_664);
    expect(fileBytesAt(layout, 99)).toBe(layout.fullFileBytes);
  });

  it('has a whole last block where the disk ends inside it', () => {
    expect(predictLayout({ type: 'dynamic', sizeBytes: 40 * MIB_BYTES + 512 }).maxTableEntries).toBe(21);
    expect(predictLayout({ type: 'dynamic', sizeBytes: 127 * GIB_BYTES }).batBytes).toBe(65_024 * 4);
    expect(predictLayout({ type: 'dynamic', sizeBytes: 1 })).toMatchObject({
      maxTableEntries: 1,
      batBytes: 512,
    });
  });

  it('keeps room for the parent locators of a child between BAT and blocks', () => {
    const request = { type: 'differencing', sizeBytes: 40 * MIB_BYTES } as const;
    expect(predictLayout({ ...request, locatorsBytes: 1024 })).toMatchObject({
      locatorsOffset: 2048,
      dataOffset: 3072,
      emptyFileBytes: 3584,
    });
    expect(predictLayout({ ...request, type: 'dynamic', locatorsBytes: 1024 }).dataOffset).toBe(2048);
  });

  it.each([
    [512, 512],
    [512 * KIB_BYTES, 512],
    [2 * MIB_BYTES, 512],
    [4 * MIB_BYTES, 1024],
    [16 * MIB_BYTES, 4096],
  ])('gives a block of %d bytes a bitmap of %d', (blockSizeBytes, bitmapBytes) => {
    expect(sectorBitmapBytes(blockSizeBytes)).toBe(bitmapBytes);
  });

  it('gives every sector of the disk a place, in whole sectors, without waste', () => {
    const sizes = fc.integer({ min: 1, max: 2 ** 32 }).map((sectors) => sectors * 512);
    const blockSizes = fc.integer({ min: 9, max: 28 }).map((power) => 2 ** power);
    fc.assert(
      fc.property(sizes, blockSizes, (sizeBytes, blockSizeBytes) => {
        const layout = predictLayout({ type: 'dynamic', sizeBytes, blockSizeBytes });
        expect(layout.maxTableEntries * blockSizeBytes).toBeGreaterThanOrEqual(sizeBytes);
        expect((layout.maxTableEntries - 1) * blockSizeBytes).toBeLessThan(sizeBytes);
        expect(layout.batBytes - layout.maxTableEntries * 4).toBeGreaterThanOrEqual(0);
        expect(layout.batBytes - layout.maxTableEntries * 4).toBeLessThan(512);
        expect(layout.bitmapBytes * 8 * 512).toBeGreaterThanOrEqual(blockSizeBytes);
        for (const bytes of [layout.dataOffset, layout.blockStrideBytes, layout.fullFileBytes]) {
          expect(bytes % 512).toBe(0);
        }
      }),
    );
  });
});

describe('block sizes', () => {
  it('are powers of two from one sector that fit 32 bits', () => {
    for (let power = 9; power <= 31; power += 1) expect(isBlockSizeLegal(2 ** power)).toBe(true);
    for (const size of [0, -512, 1, 256, 513, 3 * MIB_BYTES, 2 ** 32, 2 ** 53, Number.NaN, 1024.5]) {
      expect(isBlockSizeLegal(size)).toBe(false);
    }
    expect([512 * KIB_BYTES, MIB_BYTES, 2 * MIB_BYTES].map(isBlockSizeStandard)).toEqual([true, false, true]);
  });

  it('have legal neighbours', () => {
    expect(nearestBlockSizes(3 * MIB_BYTES)).toEqual([2 * MIB_BYTES, 4 * MIB_BYTES]);
    expect(nearestBlockSizes(1)).toEqual([512, 512]);
    expect(nearestBlockSizes(2 ** 33)).toEqual([2 ** 31, 2 ** 31]);
    fc.assert(
      fc.property(fc.integer({ min: 512, max: 2 ** 31 }), (size) => {
        const [below, above] = nearestBlockSizes(size);
        expect(isBlockSizeLegal(below) && isBlockSizeLegal(above)).toBe(true);
        expect(below <= size && size <= above && above <= below * 2).toBe(true);
      }),
    );
  });
});

describe('sizeIssues', () => {
  const codes = (request: Parameters<typeof sizeIssues>[0]): string[] =>
    sizeIssues(request).map((issue) => `${issue.severity} ${issue.code}`);

  it('is empty for what every reader takes', () => {
    expect(codes({ type: 'dynamic', sizeBytes: 40 * MIB_BYTES })).toEqual([]);
    expect(codes({ type: 'dynamic', sizeBytes: 2040 * GIB_BYTES })).toEqual([]);
    expect(
      codes({ type: 'differencing', sizeBytes: 3 * MIB_BYTES, blockSizeBytes: 512 * KIB_BYTES }),
    ).toEqual([]);
    expect(codes({ type: 'fixed', sizeBytes: 2040 * GIB_BYTES })).toEqual([]);
  });

  it.each([
    [{ type: 'fixed', sizeBytes: Number.NaN }, ['error SIZE_NOT_A_NUMBER']],
    [{ type: 'fixed', sizeBytes: -512 }, ['error SIZE_NOT_A_NUMBER']],
    [{ type: 'fixed', sizeBytes: 0 }, ['error SIZE_ZERO']],
    [{ type: 'fixed', sizeBytes: 4 * MIB_BYTES + 1 }, ['error SIZE_NOT_SECTOR_MULTIPLE']],
    [{ type: 'fixed', sizeBytes: 3 * MIB_BYTES - 512 }, ['warning SIZE_UNDER_3_MIB']],
    [{ type: 'fixed', sizeBytes: 2040 * GIB_BYTES + 512 }, ['warning SIZE_OVER_2040_GIB']],
    [
      { type: 'dynamic', sizeBytes: 40 * MIB_BYTES, blockSizeBytes: 3 * MIB_BYTES },
      ['error BLOCK_SIZE_ILLEGAL'],
    ],
    [{ type: 'dynamic', sizeBytes: 40 * MIB_BYTES, blockSizeBytes: 0 }, ['error BLOCK_SIZE_ILLEGAL']],
    [
      { type: 'dynamic', sizeBytes: 40 * MIB_BYTES, blockSizeBytes: 4 * MIB_BYTES },
      ['warning BLOCK_SIZE_NOT_STANDARD'],
    ],
    [{ type: 'fixed', sizeBytes: 40 * MIB_BYTES, blockSizeBytes: 3 * MIB_BYTES }, []],
    [{ type: 'dynamic', sizeBytes: 2040 * GIB_BYTES + 512 }, ['error SIZE_OVER_2040_GIB']],
  ] as const)('%j has %j', (request, expected) => {
    expect(codes(request)).toEqual(expected);
  });

  it.each([512, 1024, 2048])('warns of blocks of %i bytes, which QEMU misreads', (blockSizeBytes) => {
    expect(codes({ type: 'dynamic', sizeBytes: 8 * MIB_BYTES, blockSizeBytes })).toContain(
      'warning BLOCK_SIZE_MISREAD_BY_QEMU',
    );
    expect(codes({ type: 'dynamic', sizeBytes: 8 * MIB_BYTES, blockSizeBytes: 4096 })).not.toContain(
      'warning BLOCK_SIZE_MISREAD_BY_QEMU',
    );
  });

  it('refuses small blocks on disks that could not be filled with them, and only those', () => {
    const refuses = (sizeBytes: number, blockSizeBytes: number): boolean =>
      codes({ type: 'dynamic', sizeBytes, blockSizeBytes }).includes('error BLOCKS_BEYOND_32_BIT_SECTORS');
    expect(refuses(2040 * GIB_BYTES, 128 * KIB_BYTES)).toBe(true);
    expect(refuses(2040 * GIB_BYTES, 256 * KIB_BYTES)).toBe(false);
    expect(refuses(1000 * GIB_BYTES, 512)).toBe(false);
    expect(refuses(1024 * GIB_BYTES, 512)).toBe(true);
    expect(codes({ type: 'dynamic', sizeBytes: 300 * GIB_BYTES, blockSizeBytes: 512 })).toContain(
      'warning TABLE_TOO_LONG_FOR_QEMU',
    );
  });
});
