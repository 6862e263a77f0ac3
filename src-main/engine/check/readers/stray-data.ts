import { DEFAULT_BLOCK_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { isAllZero } from '../../disk/zeros';
import { isSectorSet } from '../../format';
import { readUpTo } from '../../io';
import type { CheckContext } from '../context';

/**
 * Whether one of the first blocks that lie over metadata has bytes that are not zero where the bits of what would be
 * its sector bitmap are clear: 7-Zip stops there. Reads at most 2 MiB of each.
 */
export async function hasStrayData({ file, facts, bat }: CheckContext): Promise<boolean> {
  const blockSizeBytes = facts.blockSizeBytes ?? 0;
  const bitmapBytes = facts.blockStrideBytes - blockSizeBytes;
  const readBytes = Math.min(blockSizeBytes, DEFAULT_BLOCK_SIZE_BYTES);
  for (const index of bat?.inMetadata.first ?? []) {
    const offset = (bat?.entries.at(index) ?? 0) * SECTOR_SIZE_BYTES;
    const bitmap = await readUpTo(file, offset, bitmapBytes);
    if (bitmap.length < bitmapBytes) continue;
    const data = await readUpTo(file, offset + bitmapBytes, readBytes);
    for (let at = 0; at < data.length; at += SECTOR_SIZE_BYTES) {
      if (isSectorSet(bitmap, at / SECTOR_SIZE_BYTES)) continue;
      if (!isAllZero(data.subarray(at, at + SECTOR_SIZE_BYTES))) return true;
    }
  }
  return false;
}
