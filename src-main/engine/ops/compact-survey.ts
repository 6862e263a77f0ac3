import { DATA_ALIGNMENT_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { FileOrder } from '../disk/file-order';
import { BlockSet } from '../disk/find-overlaps';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { isAllZero } from '../disk/zeros';
import { endOfRun, isSectorSet } from '../format';
import { readExact, type RandomAccessFile } from '../io';
import { PhaseProgress } from './operation';
import { guestRangeOf, placeOf, type SparseImage } from './sparse-image';

const PIECE_BYTES = 4 * 1024 * 1024;

/** Which blocks an image must keep. */
export interface BlockSurvey {
  readonly keptCount: number;
  /** Blocks that show nothing but what would show without them. */
  readonly dropped: BlockSet;
  readonly droppedCount: number;
  /** Kept blocks whose data could lie on a multiple of 4 KiB, and does not. */
  readonly unaligned: number;
}

/** Smaller blocks on multiples of 4 KiB would leave more room between them than they take. */
export const isAlignable = ({ blockSizeBytes }: Pick<SparseImage, 'blockSizeBytes'>): boolean =>
  blockSizeBytes >= DATA_ALIGNMENT_BYTES;

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
  const order = new FileOrder(image.entries.first(blockCount));
  const progress = new PhaseProgress(context, 'survey', order.blockCount * image.strideBytes);
  const dropped = new BlockSet(blockCount);
  let keptCount = 0;
  let unaligned = 0;
  for (const { blocks } of order) {
    for (const block of blocks) {
      if (await isNeeded(file, image, parent, block)) {
        keptCount += 1;
        const isAligned = (placeOf(image.entries, block) + image.bitmapBytes) % DATA_ALIGNMENT_BYTES === 0;
        if (!isAligned && isAlignable(image)) unaligned += 1;
      } else dropped.add(block);
      progress.advance(image.strideBytes, guestRangeOf(image, block));
    }
  }
  return { keptCount, dropped, droppedCount: order.blockCount - keptCount, unaligned };
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
