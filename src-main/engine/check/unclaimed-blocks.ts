import { DATA_ALIGNMENT_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { readMetadata, type VhdMetadata } from '../disk/metadata';
import { isAllZero } from '../disk/zeros';
import { readUpTo, type RandomAccessFile } from '../io';
import { createContext, type CheckContext } from './context';
import { unreferencedGaps, type Gap } from './unreferenced';

/** Stretches that are looked into: a damaged table may leave a million of them. */
const LOOKS_MAX = 256;
/** Places that are looked at for single blocks. */
const BLOCK_LOOKS_MAX = 4096;

/** A stretch that no structure and no block claims, large enough for a block. */
export interface RoomyGap extends Gap {
  /** Its first bytes are not all zero, as where a block begins: its bitmap; false where that was not looked at any more. */
  readonly beginsAsBlock: boolean;
}

/**
 * Stretches that no structure and no block claims, large enough for a block. Room that was only set aside is zero
 * where a block would begin. Zeros of less than 4 KiB are padding that keeps the data of small blocks aligned, and are
 * left out. Reads the beginning of each, of so many and no more.
 */
export async function* roomyGaps(context: CheckContext): AsyncGenerator<RoomyGap> {
  let smallLooks = LOOKS_MAX;
  let looks = LOOKS_MAX;
  for (const gap of unreferencedGaps(context)) {
    const length = gap.end - gap.offset;
    if (length < context.facts.blockStrideBytes) continue;
    if (length < DATA_ALIGNMENT_BYTES) {
      if ((smallLooks -= 1) < 0 || isAllZero(await readUpTo(context.file, gap.offset, length))) continue;
      yield { ...gap, beginsAsBlock: true };
    } else if ((looks -= 1) < 0) yield { ...gap, beginsAsBlock: false };
    else {
      // a block begins here, or at the next aligned place
      const beginning = await readUpTo(context.file, gap.offset, DATA_ALIGNMENT_BYTES);
      yield { ...gap, beginsAsBlock: !isAllZero(beginning) };
    }
  }
}

/** Those of them that begin as a block does. */
export async function* unclaimedBlocks(context: CheckContext): AsyncGenerator<Gap> {
  for await (const gap of roomyGaps(context)) if (gap.beginsAsBlock) yield gap;
}

/** Bytes of such stretches in an image that begin as a block does: what a copy of what the BAT names would leave behind. */
export async function unclaimedBytes(file: RandomAccessFile, metadata?: VhdMetadata): Promise<number> {
  const context = await createContext(file, metadata ?? (await readMetadata(file)));
  let bytes = 0;
  for await (const { offset, end } of unclaimedBlocks(context)) bytes += end - offset;
  return bytes;
}

/** Counts the whole blocks in stretches, one behind the other or each on the next aligned place, by their bitmaps. */
export class UnclaimedBlockCount {
  readonly #context: CheckContext;
  #looks = BLOCK_LOOKS_MAX;
  /** At least so many; no more were looked for. */
  count = 0;

  constructor(context: CheckContext) {
    this.#context = context;
  }

  async add(gap: Gap): Promise<void> {
    const { blockStrideBytes, bitmapBytes } = this.#context.facts;
    for (let position = gap.offset; position + blockStrideBytes <= gap.end;) {
      const data = Math.ceil((position + bitmapBytes) / DATA_ALIGNMENT_BYTES) * DATA_ALIGNMENT_BYTES;
      const aligned = data - bitmapBytes;
      if (await this.#isBlock(position)) this.count += 1;
      else if (aligned + blockStrideBytes <= gap.end && (await this.#isBlock(aligned))) {
        this.count += 1;
        position = aligned;
      } else if (this.#looks <= 0) return;
      position += blockStrideBytes;
    }
  }

  /** A bitmap has bits set, in runs: most of its bytes are all ones or all zeros, as those of other data are not. */
  async #isBlock(position: number): Promise<boolean> {
    if ((this.#looks -= 1) < 0) return false;
    const { bitmapBytes } = this.#context.facts;
    const bitmap = await readUpTo(this.#context.file, position, Math.min(bitmapBytes, SECTOR_SIZE_BYTES));
    if (isAllZero(bitmap)) return false;
    let whole = 0;
    for (const byte of bitmap) if (byte === 0 || byte === 0xff) whole += 1;
    return whole * 2 >= bitmap.length;
  }
}
