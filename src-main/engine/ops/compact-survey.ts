import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { isAllZero } from '../disk/zeros';
import { endOfRun, isSectorSet } from '../format';
import { readExact, type RandomAccessFile } from '../io';
import { PhaseProgress } from './operation';
import { blocksInFileOrder, guestRangeOf, placeOf, type SparseImage } from './sparse-image';

const PIECE_BYTES = 4 * 1024 * 1024;

/** Which blocks an image must keep. */
export interface BlockSurvey {
  /** In file order. */
  readonly kept: readonly number[];
  /** Blocks that show nothing but what would show without them. */
  readonly dropped: readonly number[];
  /** Kept blocks whose data does not lie on a multiple of 4 KiB. */
  readonly unaligned: number;
}

/**
 * Reads every block once. A dynamic disk's block may go where it shows zeros; a child's only where no bit is set, or
 * where zeros are set over zeros of the parent: everything else would bring the parent's content back (K§3 #53).
 */
export async function surveyBlocks(
  file: RandomAccessFile,
  image: SparseImage,
  parent: VirtualDisk | null,
  context: OperationContext,
): Promise<BlockSurvey> {
  const blockCount = Math.ceil(image.sizeBytes / image.blockSizeBytes);
  // entries beyond the disk show nothing at all
  const blocks = blocksInFileOrder(image.entries.subarray(0, blockCount));
  const progress = new PhaseProgress(context, 'survey', blocks.length * image.strideBytes);
  const kept: number[] = [];
  const dropped: number[] = [];
  let unaligned = 0;
  for (const block of blocks) {
    const isKept = await isNeeded(file, image, parent, block);
    (isKept ? kept : dropped).push(block);
    if (isKept && (placeOf(image.entries, block) + image.bitmapBytes) % 4096 !== 0) unaligned += 1;
    progress.advance(image.strideBytes, guestRangeOf(image, block));
  }
  return { kept, dropped, unaligned };
}

async function isNeeded(
  file: RandomAccessFile,
  image: SparseImage,
  parent: VirtualDisk | null,
  block: number,
): Promise<boolean> {
  const { blockSizeBytes, bitmapBytes, sizeBytes } = image;
  const place = placeOf(image.entries, block);
  const guestOffset = block * blockSizeBytes;
  const guestBytes = Math.min(blockSizeBytes, sizeBytes - guestOffset);
  const endSector = Math.ceil(guestBytes / SECTOR_SIZE_BYTES);
  const bitmap = await readExact(file, place, bitmapBytes);
  for (let sector = 0; sector < endSector;) {
    const next = endOfRun(bitmap, sector, endSector);
    if (isSectorSet(bitmap, sector)) {
      const start = sector * SECTOR_SIZE_BYTES;
      const end = Math.min(guestBytes, next * SECTOR_SIZE_BYTES);
      for (let at = start; at < end; at += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES, end - at);
        if (!isAllZero(await readExact(file, place + bitmapBytes + at, length))) return true;
        if (parent && !(await isZeroIn(parent, guestOffset + at, length))) return true;
      }
    }
    sector = next;
  }
  return false;
}

async function isZeroIn(disk: VirtualDisk, offset: number, length: number): Promise<boolean> {
  const inDisk = Math.max(0, Math.min(length, disk.sizeBytes - offset));
  const bytes = new Uint8Array(inDisk);
  if (inDisk > 0) await disk.readAt(bytes, offset);
  return isAllZero(bytes);
}
