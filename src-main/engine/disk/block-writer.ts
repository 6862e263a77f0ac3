import { AppError, invariant } from '../../../src-shared/errors';
import {
  BAT_ENTRY_SIZE_BYTES,
  DATA_ALIGNMENT_BYTES,
  FOOTER_SIZE_BYTES,
  MAX_BAT_SECTOR,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { encodeBat, setSectors } from '../format';
import type { BatmapBits } from './batmap-bits';
import type { BlockDisk } from './block-disk';
import { UNALLOCATED } from './block-table';
import type { LocatedFooter } from './locate-footers';
import { isAllZero } from './zeros';

/** New blocks of one write are published together, at most this many bytes at a time: three flushes for all of them. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;
const BATCH_BLOCKS_MAX = 1024;

/** A part of a write that lies within one block. */
interface Segment {
  readonly block: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Writes guest bytes into the blocks of a dynamic or differencing image, so that a crash after any write to the disk,
 * and any order that the disk gives to writes between two flushes, leaves an image that shows old or new content per
 * sector (DESIGN rule 5):
 *
 * - sector with its bit set: overwritten where it lies;
 * - sector with a clear bit: the whole sector (what is not written of it comes from beneath), flush, then the bit;
 * - no block: footer at the new end, flush; bitmap and data where the old footer was, flush; BAT entry, flush.
 *   Until the entry is on disk the new block is unreferenced space; the old footer lives on as the one at the end.
 *
 * A new block of a dynamic disk has an all-ones bitmap over zeros, as other writers make it; a child's bits are exact.
 * Blktap's batmap stays right: nothing here makes a block less full, and a child's new block loses a bit that was left
 * over.
 */
export class BlockWriter {
  readonly #disk: BlockDisk;
  readonly #footer: LocatedFooter;
  readonly #batmapBits: BatmapBits | null;
  readonly #isChild: boolean;
  readonly #keepsAlignment: boolean;
  /** Where the footer is and the next block goes. */
  #endOffset: number;

  /** @param batmapBits of a child; null for a dynamic disk, whose new blocks are full. */
  constructor(disk: BlockDisk, footer: LocatedFooter, batmapBits: BatmapBits | null, fileSizeBytes: number) {
    this.#disk = disk;
    this.#footer = footer;
    this.#batmapBits = batmapBits;
    this.#isChild = batmapBits !== null;
    this.#endOffset = footer.offset;
    this.#keepsAlignment = isAligned(disk, fileSizeBytes);
  }

  /** Writes all of `source` at guest `offset`, which lies inside the disk. @throws AppError of kind `system`, `size-limit`. */
  async write(source: Uint8Array, offset: number): Promise<void> {
    for (const batch of this.#batches(source, offset)) {
      await this.#writeExisting(batch.filter(({ block }) => this.#disk.table.placeOf(block) !== UNALLOCATED));
      await this.#writeNew(batch.filter(({ block }) => this.#disk.table.placeOf(block) === UNALLOCATED));
    }
  }

  *#batches(source: Uint8Array, offset: number): Generator<readonly Segment[]> {
    const { blockSizeBytes } = this.#disk.table;
    let batch: Segment[] = [];
    let batchBytes = 0;
    for (let at = 0; at < source.length;) {
      const block = Math.floor((offset + at) / blockSizeBytes);
      const inBlock = (block + 1) * blockSizeBytes - offset - at;
      const taken = Math.min(source.length - at, inBlock, BATCH_BYTES_MAX - batchBytes);
      batch.push({ block, offset: offset + at, bytes: source.subarray(at, at + taken) });
      at += taken;
      batchBytes += taken;
      if (batchBytes >= BATCH_BYTES_MAX || batch.length >= BATCH_BLOCKS_MAX) {
        yield batch;
        batch = [];
        batchBytes = 0;
      }
    }
    if (batch.length > 0) yield batch;
  }

  async #writeExisting(segments: readonly Segment[]): Promise<void> {
    const newBits: { readonly block: number; readonly start: number; readonly end: number }[] = [];
    for (const { block, offset, bytes } of segments) {
      for (const run of await this.#disk.runs(offset, bytes.length)) {
        const part = bytes.subarray(run.offset - offset, run.offset - offset + run.length);
        invariant(run.kind !== 'damaged', 'a damaged block passed the check for soundness');
        if (run.kind === 'stored') await this.#disk.file.writeAt(part, run.fileOffset);
        // a clear sector of a dynamic disk reads as zeros already
        else if (this.#isChild || !isAllZero(part)) {
          const sectors = await this.#wholeSectors(block, run.offset, part);
          await this.#disk.file.writeAt(
            sectors.bytes,
            this.#dataOffsetOf(block) + sectors.start * SECTOR_SIZE_BYTES,
          );
          newBits.push({ block, start: sectors.start, end: sectors.end });
        }
      }
    }
    if (newBits.length === 0) return;
    await this.#disk.file.flush();
    for (const block of new Set(newBits.map((bits) => bits.block))) {
      await this.#setBits(
        block,
        newBits.filter((bits) => bits.block === block),
      );
    }
  }

  /** Sets bits on disk, whole bitmap sectors at a time and only those that change. */
  async #setBits(
    block: number,
    runs: readonly { readonly start: number; readonly end: number }[],
  ): Promise<void> {
    const before = await this.#disk.bitmaps.bytesOf(block);
    const after = Uint8Array.from(before);
    for (const { start, end } of runs) setSectors(after, start, end);
    for (let at = 0; at < after.length; at += SECTOR_SIZE_BYTES) {
      const sector = after.subarray(at, at + SECTOR_SIZE_BYTES);
      if (Buffer.compare(sector, before.subarray(at, at + SECTOR_SIZE_BYTES)) !== 0) {
        await this.#disk.file.writeAt(sector, this.#disk.table.placeOf(block) + at);
      }
    }
    this.#disk.bitmaps.replace(block, after);
  }

  async #writeNew(segments: readonly Segment[]): Promise<void> {
    const wanted = segments.filter(({ bytes }) => this.#isChild || !isAllZero(bytes));
    if (wanted.length === 0) return;
    const footerOffset = this.#endOffset;
    const start = roundUpToSector(footerOffset);
    const { table, file } = this.#disk;
    const stride = this.#keepsAlignment
      ? Math.ceil(table.strideBytes / DATA_ALIGNMENT_BYTES) * DATA_ALIGNMENT_BYTES
      : table.strideBytes;
    const end = start + wanted.length * stride;
    if (end / SECTOR_SIZE_BYTES > MAX_BAT_SECTOR) {
      throw new AppError(
        'size-limit',
        `"${file.path}" has reached 2 TiB, where a BAT entry can point no further.`,
        {
          context: { path: file.path },
        },
      );
    }
    const bitmaps: Uint8Array[] = [];
    try {
      await file.writeAt(this.#footer.bytes, end);
      await file.flush();
      for (const [index, segment] of wanted.entries()) {
        bitmaps.push(await this.#writeNewBlock(segment, start + index * stride));
      }
      await this.#batmapBits?.clear(wanted.map(({ block }) => block));
      await file.flush();
    } catch (error) {
      await this.#takeBack(footerOffset);
      throw error;
    }
    await this.#publish(wanted, start, stride);
    table.growTo(end);
    for (const [index, { block }] of wanted.entries()) {
      table.setPlace(block, start + index * stride);
      this.#disk.bitmaps.replace(block, bitmaps[index] ?? new Uint8Array(table.bitmapBytes));
    }
    this.#endOffset = end;
  }

  /** Bitmap and data of a block that nothing refers to yet; its place holds zeros but for the old footer. */
  async #writeNewBlock(segment: Segment, place: number): Promise<Uint8Array> {
    const { table, file } = this.#disk;
    const sectors = await this.#wholeSectors(segment.block, segment.offset, segment.bytes);
    const bitmap = new Uint8Array(table.bitmapBytes);
    if (this.#isChild) setSectors(bitmap, sectors.start, sectors.end);
    else setSectors(bitmap, 0, table.sectorsPerBlock);
    await file.writeAt(bitmap, place);
    const dataOffset = place + table.bitmapBytes + sectors.start * SECTOR_SIZE_BYTES;
    if (!isAllZero(sectors.bytes)) await file.writeAt(sectors.bytes, dataOffset);
    return bitmap;
  }

  /** BAT entries on disk, runs of neighbours in one write. */
  async #publish(segments: readonly Segment[], start: number, stride: number): Promise<void> {
    const { table, file } = this.#disk;
    for (let first = 0; first < segments.length;) {
      let next = first + 1;
      while (segments[next]?.block === (segments[next - 1]?.block ?? 0) + 1) next += 1;
      const entries = Uint32Array.from(
        { length: next - first },
        (_, index) => (start + (first + index) * stride) / SECTOR_SIZE_BYTES,
      );
      const block = segments[first]?.block ?? 0;
      await file.writeAt(encodeBat(entries), table.batOffset + block * BAT_ENTRY_SIZE_BYTES);
      first = next;
    }
    await file.flush();
  }

  /** After a failure before the BAT was touched: the old footer back in its place, and the file cut behind it. */
  async #takeBack(footerOffset: number): Promise<void> {
    const { file } = this.#disk;
    try {
      await file.writeAt(this.#footer.bytes.subarray(0, this.#footerLengthAt(footerOffset)), footerOffset);
      await file.flush();
      await file.setSize(footerOffset + this.#footerLengthAt(footerOffset));
    } catch {
      // the disk does not even take this: the copy at offset 0 still opens the image, and `check` names what is left
    }
  }

  #footerLengthAt(offset: number): number {
    return offset === this.#footer.offset ? this.#footer.lengthBytes : FOOTER_SIZE_BYTES;
  }

  /** The sectors that guest bytes within `block` touch; what they do not cover of the first and last is as it reads now. */
  async #wholeSectors(
    block: number,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ readonly bytes: Uint8Array; readonly start: number; readonly end: number }> {
    const blockStart = block * this.#disk.table.blockSizeBytes;
    const start = Math.floor((offset - blockStart) / SECTOR_SIZE_BYTES);
    const end = Math.ceil((offset + bytes.length - blockStart) / SECTOR_SIZE_BYTES);
    const from = blockStart + start * SECTOR_SIZE_BYTES;
    const length = (end - start) * SECTOR_SIZE_BYTES;
    if (from === offset && length === bytes.length) return { bytes, start, end };
    const whole = new Uint8Array(length);
    await this.#readEdge(whole, from, from);
    await this.#readEdge(whole, from, from + length - SECTOR_SIZE_BYTES);
    whole.set(bytes, offset - from);
    return { bytes: whole, start, end };
  }

  /** One sector at guest `sectorOffset` into its place in `whole`, which starts at guest `from`. */
  async #readEdge(whole: Uint8Array, from: number, sectorOffset: number): Promise<void> {
    const length = Math.min(SECTOR_SIZE_BYTES, this.#disk.sizeBytes - sectorOffset);
    const at = sectorOffset - from;
    await this.#disk.readAt(whole.subarray(at, at + length), sectorOffset);
  }

  #dataOffsetOf(block: number): number {
    return this.#disk.table.placeOf(block) + this.#disk.table.bitmapBytes;
  }
}

/** Whether the image is laid out so that data lies on 4 KiB and goes on doing so where the footer is. */
function isAligned(disk: BlockDisk, fileSizeBytes: number): boolean {
  const { table } = disk;
  if (fileSizeBytes % DATA_ALIGNMENT_BYTES !== 0 || table.bitmapBytes !== SECTOR_SIZE_BYTES) return false;
  if (table.blockSizeBytes % DATA_ALIGNMENT_BYTES !== 0) return false;
  for (let block = 0; block < table.blockCount; block += 1) {
    const place = table.placeOf(block);
    if (place >= 0 && (place + table.bitmapBytes) % DATA_ALIGNMENT_BYTES !== 0) return false;
  }
  return true;
}
