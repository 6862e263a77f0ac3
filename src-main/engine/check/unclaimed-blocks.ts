import { DATA_ALIGNMENT_BYTES } from '../../../src-shared/vhd/constants';
import { readMetadata, type VhdMetadata } from '../disk/metadata';
import { isAllZero } from '../disk/zeros';
import { readUpTo, type RandomAccessFile } from '../io';
import { createContext, type CheckContext } from './context';
import { unreferencedGaps, type Gap } from './unreferenced';

/** Stretches that are looked into: a damaged table may leave a million of them. */
const LOOKS_MAX = 256;

/**
 * Stretches that no structure and no block claims, large enough for a block, that begin as one does: with a sector
 * bitmap in which bits are set. Room that was only set aside is zero there. Reads the beginning of each, no more.
 */
export async function* unclaimedBlocks(context: CheckContext): AsyncGenerator<Gap> {
  let left = LOOKS_MAX;
  for (const gap of unreferencedGaps(context)) {
    if (gap.end - gap.offset < context.facts.blockStrideBytes) continue;
    if ((left -= 1) < 0) return;
    // a block begins here, or at the next aligned place
    const beginning = await readUpTo(context.file, gap.offset, DATA_ALIGNMENT_BYTES);
    if (!isAllZero(beginning)) yield gap;
  }
}

/** Bytes of such stretches in an image: what a copy of what the BAT names would leave behind. */
export async function unclaimedBytes(file: RandomAccessFile, metadata?: VhdMetadata): Promise<number> {
  const context = await createContext(file, metadata ?? (await readMetadata(file)));
  let bytes = 0;
  for await (const { offset, end } of unclaimedBlocks(context)) bytes += end - offset;
  return bytes;
}
