import { DATA_ALIGNMENT_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { FileOrder } from '../disk/file-order';
import { BlockSet } from '../disk/find-overlaps';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { isAllZero } from '../disk/zeros';
import { endOfRun, isSectorSet } from '../format';
import type { RandomAccessFile } from '../io';
import { readInto } from '../disk/gather';
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
  const look = new BlockLook(file, image, parent);
  let keptCount = 0;
  let unaligned = 0;
  for (const { blocks } of order) {
    for (const block of blocks) {
      if (await look.isNeeded(block)) {
        keptCount += 1;
        const isAligned = (placeOf(image.entries, block) + image.bitmapBytes) % DATA_ALIGNMENT_BYTES === 0;
        if (!isAligned && isAlignable(image)) unaligned += 1;
      } else dropped.add(block);
      progress.advance(image.strideBytes, guestRangeOf(image, block));
    }
  }
  return { keptCount, dropped, droppedCount: order.blockCount - keptCount, unaligned };
}

/** Looks at one block after another, with the same buffers for all of them. */
class BlockLook {
  readonly #file: RandomAccessFile;
  readonly #image: SparseImage;
  readonly #parent: VirtualDisk | null;
  readonly #bitmap: Uint8Array;
  readonly #piece: Uint8Array;

  constructor(file: RandomAccessFile, image: SparseImage, parent: VirtualDisk | null) {
    this.#file = file;
    this.#image = image;
    this.#parent = parent;
    this.#bitmap = new Uint8Array(image.bitmapBytes);
    this.#piece = new Uint8Array(Math.min(PIECE_BYTES, image.blockSizeBytes));
  }

  async isNeeded(block: number): Promise<boolean> {
    const { blockSizeBytes, bitmapBytes, sizeBytes } = this.#image;
    const place = placeOf(this.#image.entries, block);
    const guestOffset = block * blockSizeBytes;
    const guestBytes = Math.min(blockSizeBytes, sizeBytes - guestOffset);
    const endSector = Math.ceil(guestBytes / SECTOR_SIZE_BYTES);
    await readInto(this.#file, place, this.#bitmap);
    for (let sector = 0; sector < endSector;) {
      const next = endOfRun(this.#bitmap, sector, endSector);
      if (isSectorSet(this.#bitmap, sector)) {
        const end = Math.min(guestBytes, next * SECTOR_SIZE_BYTES);
        for (let at = sector * SECTOR_SIZE_BYTES; at < end; at += PIECE_BYTES) {
          const piece = this.#piece.subarray(0, Math.min(PIECE_BYTES, end - at));
          await readInto(this.#file, place + bitmapBytes + at, piece);
          if (!isAllZero(piece) || !(await this.#isZeroBeneath(guestOffset + at, piece))) return true;
        }
      }
      sector = next;
    }
    return false;
  }

  /** Whether the parent shows zeros there, in as many bytes as `room` has. */
  async #isZeroBeneath(offset: number, room: Uint8Array): Promise<boolean> {
    const { sizeBytes } = this.#parent ?? { sizeBytes: 0 };
    const bytes = room.subarray(0, Math.max(0, Math.min(room.length, sizeBytes - offset)));
    if (bytes.length > 0) await this.#parent?.readAt(bytes, offset);
    return isAllZero(bytes);
  }
}
