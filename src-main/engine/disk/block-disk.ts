import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { endOfRun, isSectorSet } from '../format';
import type { RandomAccessFile } from '../io';
import { BitmapCache, type BlockBits } from './bitmap-cache';
import { UNALLOCATED, type BlockTable } from './block-table';
import type { Damage } from './damage';
import { gatherPieces, readInto, readTogether, type FilePiece } from './gather';
import { requireGuestRange } from './range';
import type { DiskExtent, VirtualDisk } from './virtual-disk';

/** Blocks whose bitmaps are fetched together while extents are listed. */
const EXTENT_BATCH_BLOCKS = 64;
/** Of one write that waits, the blocks whose bitmaps are fetched ahead. */
const WARM_BLOCKS_MAX = 64;

/** A run of guest bytes within one block or over many unallocated ones. */
export interface GuestRun {
  readonly offset: number;
  readonly length: number;
  /** `stored`: in this file at `fileOffset`; `clear`: bit not set; `unallocated`: no block; `damaged`: see `reason`. */
  readonly kind: 'stored' | 'clear' | 'unallocated' | 'damaged';
  readonly fileOffset: number;
  readonly reason: string;
}

/**
 * What dynamic and differencing disks share: blocks found by the BAT, sectors by the bitmap, most significant bit
 * first. What a sector without a set bit reads as is for the subclass to say.
 */
export abstract class BlockDisk implements VirtualDisk {
  readonly file: RandomAccessFile;
  readonly table: BlockTable;
  readonly bitmaps: BitmapCache;
  readonly damage: Damage;
  /** Whether the bitmap that was read last was full: the next one is likely to be, too. */
  #expectsFullBlocks = true;

  constructor(file: RandomAccessFile, table: BlockTable, damage: Damage) {
    this.file = file;
    this.table = table;
    this.damage = damage;
    this.bitmaps = new BitmapCache(file, table);
  }

  get sizeBytes(): number {
    return this.table.sizeBytes;
  }

  get blockSizeBytes(): number {
    return this.table.blockSizeBytes;
  }

  /** Fills `target` with what lies beneath this image at guest `offset`: zeros, or the parent's bytes. */
  protected abstract fillBeneath(target: Uint8Array, offset: number): Promise<void>;

  /** Extents of what lies beneath `[offset, offset + length)`; `isClear` tells a clear bit from no block at all. */
  protected abstract extentsBeneath(
    offset: number,
    length: number,
    isClear: boolean,
  ): AsyncIterable<DiskExtent>;

  abstract close(): Promise<void>;

  readAt(target: Uint8Array, offset: number): Promise<void> {
    // what a chain hands down unchanged costs it no promise of its own
    return this.#isInUnallocatedBlock(target, offset)
      ? this.fillBeneath(target, offset)
      : this.#readStored(target, offset);
  }

  #isInUnallocatedBlock(target: Uint8Array, offset: number): boolean {
    const { blockSizeBytes, sizeBytes } = this.table;
    const block = Math.floor(offset / blockSizeBytes);
    const end = Math.min(sizeBytes, (block + 1) * blockSizeBytes);
    return (
      Number.isSafeInteger(offset) &&
      offset >= 0 &&
      offset + target.length <= end &&
      this.table.placeOf(block) === UNALLOCATED
    );
  }

  async #readStored(target: Uint8Array, offset: number): Promise<void> {
    requireGuestRange(this.sizeBytes, offset, target.length);
    const within = this.#readWithinBlock(target, offset);
    if (within && (await within)) return;
    const pieces: FilePiece[] = [];
    const beneath: { offset: number; length: number }[] = [];
    for (const run of await this.runs(offset, target.length)) {
      const at = run.offset - offset;
      if (run.kind === 'stored') pieces.push({ fileOffset: run.fileOffset, at, length: run.length });
      else if (run.kind === 'damaged') {
        this.damage.meet(run.offset, run.length, run.reason);
        target.fill(0, at, at + run.length);
      } else {
        const last = beneath.at(-1);
        if (last && last.offset + last.length === run.offset) last.length += run.length;
        else beneath.push({ offset: run.offset, length: run.length });
      }
    }
    const reads = beneath.map(
      ({ offset: start, length }) =>
        () =>
          this.fillBeneath(target.subarray(start - offset, start - offset + length), start),
    );
    if (pieces.length > 0) reads.push(() => gatherPieces(this.file, pieces, target));
    await readTogether(reads);
  }

  async *extents(offset: number, length: number): AsyncGenerator<DiskExtent> {
    requireGuestRange(this.sizeBytes, offset, length);
    const end = offset + length;
    for (let position = offset; position < end;) {
      const stop = this.#batchEnd(position, end);
      for (const run of await this.runs(position, stop - position)) yield* this.#toExtents(run);
      position = stop;
    }
  }

  /** Fetches the bitmaps of a range that will be asked for soon. Never rejects: a failure shows when it is. */
  async warmBitmaps(offset: number, length: number): Promise<void> {
    const endBlock = Math.min(
      this.table.blockCount,
      Math.ceil((offset + length) / this.table.blockSizeBytes),
    );
    const wanted: number[] = [];
    for (let block = Math.floor(offset / this.table.blockSizeBytes); block < endBlock; block += 1) {
      if (wanted.length === WARM_BLOCKS_MAX) break;
      if (!this.bitmaps.peek(block) && this.table.placeOf(block) >= 0) wanted.push(block);
    }
    if (wanted.length > 0) await this.bitmaps.prefetch(wanted).catch(() => undefined);
  }

  /** How `[offset, offset + length)` is made up, in order. Reads bitmaps, never data. */
  async runs(offset: number, length: number): Promise<GuestRun[]> {
    const { blockSizeBytes } = this.table;
    const end = offset + length;
    const firstBlock = Math.floor(offset / blockSizeBytes);
    const endBlock = Math.ceil(end / blockSizeBytes);
    const stored: number[] = [];
    for (let block = firstBlock; block < endBlock; block = this.table.skipUnallocated(block, endBlock)) {
      if (this.table.placeOf(block) >= 0) stored.push(block);
    }
    const bits = await this.bitmaps.prefetch(stored);
    if (stored.length > 0) this.#expectsFullBlocks = stored.every((block) => bits.get(block) === 'all-set');
    const runs: GuestRun[] = [];
    for (let block = firstBlock; block < endBlock;) {
      const place = this.table.placeOf(block);
      const next = place === UNALLOCATED ? this.table.skipUnallocated(block, endBlock) : block + 1;
      const from = Math.max(offset, block * blockSizeBytes);
      const to = Math.min(end, next * blockSizeBytes);
      if (place === UNALLOCATED) runs.push(run('unallocated', from, to));
      else if (place < 0) runs.push(run('damaged', from, to, -1, this.table.describeDamage(block)));
      else this.#runsOfBlock(runs, block, bits.get(block) ?? 'all-clear', from, to);
      block = next;
    }
    return runs;
  }

  /**
   * Bytes within one full block: the common case, without the cost of the general one and with few promises, whose
   * handling weighs as much as a small read. Where the bitmap is not in memory it is read along with the data.
   * @returns null or false where the general way has to be gone.
   */
  #readWithinBlock(target: Uint8Array, offset: number): Promise<boolean> | null {
    const { blockSizeBytes, bitmapBytes } = this.table;
    const block = Math.floor(offset / blockSizeBytes);
    const inBlock = offset - block * blockSizeBytes;
    if (target.length === 0 || inBlock + target.length > blockSizeBytes) return null;
    const known = this.bitmaps.peek(block);
    if (known ? known !== 'all-set' : !this.#expectsFullBlocks) return null;
    const place = this.table.placeOf(block);
    if (place < 0 || inBlock + target.length > this.table.storedBytes(place)) return null;
    if (known) return readInto(this.file, place + bitmapBytes + inBlock, target).then(() => true);
    // perhaps the data cannot be read and need not be: the general way finds out
    return (
      (inBlock === 0 ? this.#readFromBitmapOn(block, place, target) : null) ??
      this.#readBesideBitmap(block, place + bitmapBytes + inBlock, target)
    ).then(
      (bits) => bits === 'all-set',
      () => false,
    );
  }

  /** A block from its first sector: bitmap and data in one call; null where the file cannot. */
  #readFromBitmapOn(block: number, place: number, target: Uint8Array): Promise<BlockBits | null> | null {
    const bitmap = new Uint8Array(this.table.bitmapBytes);
    const { version } = this.bitmaps;
    const reading = this.file.readPartsAt?.([bitmap, target], place);
    if (!reading) return null;
    return reading.then((count) =>
      count < bitmap.length + target.length ? null : this.bitmaps.learn(block, bitmap, version),
    );
  }

  async #readBesideBitmap(block: number, fileOffset: number, target: Uint8Array): Promise<BlockBits> {
    const [bits] = await Promise.all([this.bitmaps.get(block), readInto(this.file, fileOffset, target)]);
    return bits;
  }

  #runsOfBlock(runs: GuestRun[], block: number, bits: BlockBits, from: number, to: number): void {
    if (bits === 'all-clear') {
      runs.push(run('clear', from, to));
      return;
    }
    if (bits === 'all-set') {
      this.#pushStored(runs, block, from, to);
      return;
    }
    const blockStart = block * this.table.blockSizeBytes;
    const endSector = Math.ceil((to - blockStart) / SECTOR_SIZE_BYTES);
    for (let sector = Math.floor((from - blockStart) / SECTOR_SIZE_BYTES); sector < endSector;) {
      const next = endOfRun(bits, sector, endSector);
      const start = Math.max(from, blockStart + sector * SECTOR_SIZE_BYTES);
      const stop = Math.min(to, blockStart + next * SECTOR_SIZE_BYTES);
      if (isSectorSet(bits, sector)) this.#pushStored(runs, block, start, stop);
      else runs.push(run('clear', start, stop));
      sector = next;
    }
  }

  /** Bytes with their bits set: stored, but for those behind the end of a file that was cut. */
  #pushStored(runs: GuestRun[], block: number, from: number, to: number): void {
    const blockStart = block * this.table.blockSizeBytes;
    const place = this.table.placeOf(block);
    const storedEnd = blockStart + this.table.storedBytes(place);
    const fileOffset = place + this.table.bitmapBytes + from - blockStart;
    const middle = Math.max(from, Math.min(to, storedEnd));
    if (middle > from) runs.push(run('stored', from, middle, fileOffset));
    if (to > middle) runs.push(run('damaged', middle, to, -1, `the file ends inside block ${block}`));
  }

  async *#toExtents(one: GuestRun): AsyncGenerator<DiskExtent> {
    const { offset, length } = one;
    if (one.kind === 'stored') yield { offset, length, state: 'data', depth: 0, fileOffset: one.fileOffset };
    else if (one.kind === 'damaged') {
      this.damage.meet(offset, length, one.reason);
      yield { offset, length, state: 'zero', depth: 0 };
    } else yield* this.extentsBeneath(offset, length, one.kind === 'clear');
  }

  /** Where a batch of blocks ends: unallocated ones cost nothing, others a bitmap each. */
  #batchEnd(position: number, end: number): number {
    const { blockSizeBytes } = this.table;
    const endBlock = Math.ceil(end / blockSizeBytes);
    let block = Math.floor(position / blockSizeBytes);
    for (let counted = 0; counted < EXTENT_BATCH_BLOCKS && block < endBlock; counted += 1) {
      block = this.table.skipUnallocated(block, endBlock);
    }
    return Math.min(end, block * blockSizeBytes);
  }
}

function run(kind: GuestRun['kind'], from: number, to: number, fileOffset = -1, reason = ''): GuestRun {
  return { offset: from, length: to - from, kind, fileOffset, reason };
}
