import { invariant } from '../../../src-shared/errors';
import { BAT_UNUSED, DATA_ALIGNMENT_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import type { OpenedWritableDisk } from '../chain';
import { isAllZero } from '../disk';
import type { DiskExtent, WritableDisk } from '../disk/virtual-disk';
import { sectorBitmapBytes } from '../format';
import { RangeSet, type ByteRange } from '../repair/range-set';

/**
 * Where a write of `bytes` at guest `offset` replaces something that the image's file holds for its guest: stored
 * data, and of blocks with clear bits the sectors and the bitmap; and the little that lies between. Not what new blocks
 * need: footer and BAT entries.
 */
export async function replacedRanges(
  { metadata }: OpenedWritableDisk,
  disk: WritableDisk,
  bytes: Uint8Array,
  offset: number,
): Promise<readonly ByteRange[]> {
  const { blockSizeBytes } = disk;
  if (blockSizeBytes === null) return [{ start: offset, end: offset + bytes.length }];
  invariant(metadata?.bat, 'an image of blocks has a BAT');
  const { entries } = metadata.bat;
  const bitmapBytes = sectorBitmapBytes(blockSizeBytes);
  const ranges = new RangeSet();
  const addClear = ({ offset: from, length }: DiskExtent): void => {
    // a clear sector of a dynamic disk reads as zeros already, and is left alone
    const isWritten = metadata.type === 'differencing' || !isAllZero(partOf(bytes, from - offset, length));
    if (!isWritten) return;
    const endBlock = Math.ceil((from + length) / blockSizeBytes);
    for (let block = Math.floor(from / blockSizeBytes); block < endBlock; block += 1) {
      const entry = entries.at(block) ?? BAT_UNUSED;
      if (entry === BAT_UNUSED) continue;
      const place = entry * SECTOR_SIZE_BYTES;
      const start = Math.max(0, from - block * blockSizeBytes);
      const end = Math.min(blockSizeBytes, from + length - block * blockSizeBytes);
      ranges.add(place, place + bitmapBytes);
      ranges.add(place + bitmapBytes + sectorStart(start), place + bitmapBytes + roundUpToSector(end));
    }
  };
  for await (const extent of disk.extents(offset, bytes.length)) {
    const { depth, state, fileOffset, length } = extent;
    if (depth === 0 && state === 'data' && fileOffset !== undefined)
      ranges.add(fileOffset, fileOffset + length);
    else addClear(extent);
  }
  return joinNear(ranges);
}

/** With the bitmaps between blocks that lie side by side: one long range is saved sooner than many short ones. */
function joinNear(ranges: Iterable<ByteRange>): ByteRange[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of ranges) {
    const last = joined.at(-1);
    if (last && start - last.end <= DATA_ALIGNMENT_BYTES) last.end = end;
    else joined.push({ start, end });
  }
  return joined;
}

const partOf = (bytes: Uint8Array, at: number, length: number): Uint8Array => bytes.subarray(at, at + length);
const sectorStart = (offset: number): number => offset - (offset % SECTOR_SIZE_BYTES);
