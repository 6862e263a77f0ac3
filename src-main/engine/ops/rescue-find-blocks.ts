/** Finding data blocks in a file that no table leads to, by their sector bitmaps and the distance between them. */
import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { isSectorSet, sectorBitmapBytes } from '../format';
import { readUpTo, type RandomAccessFile } from '../io';
import type { OperationContext } from '../disk/virtual-disk';
import { isAllZero } from '../disk/zeros';
import { Breather } from './operation';
import { FoundBlocks } from './rescue-found-blocks';
import type { Holes } from './rescue-holes';

const WINDOW_BYTES = 1 << 20;
/** Places looked at between two looks at what else there is to do. */
const TURNS_PER_BREATH = 256;
/** How far behind zeros that are no hole is asked again. */
const ASK_AGAIN_BYTES = 64 * 1024;
/** Sectors of data that are held against the bits of what may be a bitmap. */
const SAMPLED_SECTORS = 64;
/** Part of the file that blocks of one size cover, from which on no other size is tried. */
const COVERED_ENOUGH = 0.9;

/** Stretches of the file that belong to something already, `[start, end)` in bytes, ascending. */
export type Claimed = Iterable<{ readonly start: number; readonly end: number }>;

export interface FindOptions extends OperationContext {
  readonly holes: Holes;
  readonly blockSizeBytes: number;
  readonly start: number;
  readonly end: number;
  readonly claimed?: Claimed | undefined;
  /** In a differencing disk anything may lie under a clear bit; in a dynamic one only zeros. */
  readonly isChild?: boolean | undefined;
}

/** Byte offsets of what look like whole blocks with their bitmaps, in file order, none over another. */
export async function findBlocks(file: RandomAccessFile, options: FindOptions): Promise<FoundBlocks> {
  const { blockSizeBytes, end, holes } = options;
  const bitmapBytes = sectorBitmapBytes(blockSizeBytes);
  const stride = bitmapBytes + blockSizeBytes;
  const found = new FoundBlocks(stride);
  const window = new Window(file);
  const breather = new Breather(options);
  const claimed = (options.claimed ?? [])[Symbol.iterator]();
  let blocking = claimed.next();
  let toldOffset = 0;
  let askFrom = 0;
  let position = roundUpToSector(options.start);
  for (let turn = 0; position + stride <= roundUpToSector(end); turn += 1) {
    if (turn % TURNS_PER_BREATH === 0) {
      await breather.breathe();
      if (position - toldOffset >= WINDOW_BYTES) {
        toldOffset = position;
        options.onProgress?.({
          phase: 'scan',
          doneBytes: position - options.start,
          totalBytes: end - options.start,
        });
      }
    }
    while (!blocking.done && blocking.value.end <= position) blocking = claimed.next();
    if (!blocking.done && blocking.value.start < position + stride) {
      position = roundUpToSector(blocking.value.end);
      continue;
    }
    const bitmap = await window.read(position, bitmapBytes);
    if (isAllZero(bitmap)) {
      // no block begins where its whole bitmap is a hole
      const holeEnd = position < askFrom ? position : await holes.endFrom(position);
      if (holeEnd === position && position >= askFrom) askFrom = position + ASK_AGAIN_BYTES;
      const dataStart = holeEnd - (holeEnd % SECTOR_SIZE_BYTES);
      position = Math.max(position, dataStart - bitmapBytes) + SECTOR_SIZE_BYTES;
    } else if (canBeBitmap(bitmap, blockSizeBytes) && (await bitsFitData(file, position, bitmap, options))) {
      found.add(position);
      position += stride;
    } else position += SECTOR_SIZE_BYTES;
  }
  return found;
}

/** Some bit is set, and what pads the bitmap to a sector is all zeros or, as QEMU writes it, all ones. */
function canBeBitmap(bitmap: Uint8Array, blockSizeBytes: number): boolean {
  const usedBytes = Math.ceil(blockSizeBytes / SECTOR_SIZE_BYTES / 8);
  const used = bitmap.subarray(0, usedBytes);
  const padding = bitmap.subarray(usedBytes);
  if (bitmap.length < sectorBitmapBytes(blockSizeBytes) || isAllZero(used)) return false;
  return isAllZero(padding) || padding.every((byte) => byte === 0xff);
}

/**
 * Holds sectors spread over the block against their bits: nothing but zeros under a clear one (dynamic disks), and
 * something under a set one at least once, as zeros alone prove no block.
 */
async function bitsFitData(
  file: RandomAccessFile,
  offset: number,
  bitmap: Uint8Array,
  { blockSizeBytes, isChild }: FindOptions,
): Promise<boolean> {
  const sectors = blockSizeBytes / SECTOR_SIZE_BYTES;
  const step = Math.max(1, Math.floor(sectors / SAMPLED_SECTORS));
  let hasData = false;
  for (let sector = 0; sector < sectors; sector += step) {
    const at = offset + bitmap.length + sector * SECTOR_SIZE_BYTES;
    const isZero = isAllZero(await readUpTo(file, at, SECTOR_SIZE_BYTES));
    if (!isZero && !isSectorSet(bitmap, sector) && !isChild) return false;
    hasData ||= !isZero && isSectorSet(bitmap, sector);
  }
  return hasData || (await anySetSectorHasData(file, offset, bitmap, sectors));
}

async function anySetSectorHasData(
  file: RandomAccessFile,
  offset: number,
  bitmap: Uint8Array,
  sectors: number,
): Promise<boolean> {
  const chunk = WINDOW_BYTES / SECTOR_SIZE_BYTES;
  for (let first = 0; first < sectors; first += chunk) {
    const count = Math.min(chunk, sectors - first);
    const bytes = await readUpTo(
      file,
      offset + bitmap.length + first * SECTOR_SIZE_BYTES,
      count * SECTOR_SIZE_BYTES,
    );
    for (let at = 0; at < bytes.length; at += SECTOR_SIZE_BYTES) {
      const isSet = isSectorSet(bitmap, first + at / SECTOR_SIZE_BYTES);
      if (isSet && !isAllZero(bytes.subarray(at, at + SECTOR_SIZE_BYTES))) return true;
    }
  }
  return false;
}

/**
 * The block size for which the file falls into blocks best, tried from the usual ones; null where none covers a good
 * part of the file with at least one block that ends at its end or at another block.
 */
export async function detectBlockSize(
  file: RandomAccessFile,
  candidates: readonly number[],
  options: Omit<FindOptions, 'blockSizeBytes'>,
): Promise<{ readonly blockSizeBytes: number } | null> {
  let best: { blockSizeBytes: number; joints: number } | null = null;
  for (const blockSizeBytes of candidates) {
    const blocks = await findBlocks(file, { ...options, blockSizeBytes });
    const stride = sectorBitmapBytes(blockSizeBytes) + blockSizeBytes;
    // blocks that end where the next begins: chance finds hardly any
    const atEnd = blocks.count > 0 && blocks.endOffset === roundUpToSector(options.end) ? 1 : 0;
    const joints = (blocks.joints + atEnd) * stride;
    if (joints > (best?.joints ?? 0)) best = { blockSizeBytes, joints };
    if (joints > COVERED_ENOUGH * (options.end - options.start)) break;
  }
  return best;
}

/** Reads ahead, as sectors are looked at one after another. */
class Window {
  readonly #file: RandomAccessFile;
  #start = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(file: RandomAccessFile) {
    this.#file = file;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.#start || offset + length > this.#start + this.#bytes.length) {
      this.#start = offset;
      this.#bytes = await readUpTo(this.#file, offset, Math.max(length, WINDOW_BYTES));
    }
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + length);
  }
}
