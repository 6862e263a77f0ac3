import { expect, it } from 'vitest';
import { BitmapCache } from '../../../src-main/engine/disk/bitmap-cache';
import type { BlockTable } from '../../../src-main/engine/disk/block-table';
import { MemoryFile } from '../../support/fake-files';

const BLOCKS = 10 * 1024 * 1024;
const PAGE_BLOCKS = 65_536;

/** One bitmap for all blocks, every sector set. */
function cacheOfMany(): BitmapCache {
  const table = {
    blockCount: BLOCKS,
    bitmapBytes: 512,
    strideBytes: 4608,
    guestSectorsOf: () => 8,
    placeOf: () => 0,
  } as unknown as BlockTable;
  return new BitmapCache(new MemoryFile(new Uint8Array(512).fill(0xff)), table);
}

it('remembers full and empty bitmaps of neighbouring blocks apart', () => {
  const cache = cacheOfMany();
  for (let block = 0; block < 9; block += 1)
    if (block !== 5) cache.replace(block, new Uint8Array(512).fill(block % 2 === 0 ? 0xff : 0));
  const remembered = Array.from({ length: 9 }, (_, block) => cache.peek(block));
  const [full, empty] = ['all-set', 'all-clear'];
  expect(remembered).toEqual([full, empty, full, empty, full, null, full, empty, full]);
  cache.replace(4, new Uint8Array(512));
  expect([3, 4, 6].map((block) => cache.peek(block))).toEqual([empty, empty, full]);
  cache.replace(4, new Uint8Array(512).fill(0x0f));
  expect([3, 6].map((block) => cache.peek(block))).toEqual([empty, full]);
  expect(cache.peek(4)).toBeInstanceOf(Uint8Array);
});

it('forgets those of the blocks that it met first among many millions, and reads them again', async () => {
  const cache = cacheOfMany();
  for (let block = 1; block < BLOCKS; block += PAGE_BLOCKS) cache.replace(block, new Uint8Array(512));
  expect(cache.peek(BLOCKS - PAGE_BLOCKS + 1)).toBe('all-clear');
  expect(cache.peek(1)).toBeNull();
  expect(await cache.get(1)).toBe('all-set');
  expect(cache.peek(1)).toBe('all-set');
});
