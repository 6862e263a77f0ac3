import { invariant } from '../../../src-shared/errors';
import {
  BAT_ENTRY_SIZE_BYTES,
  BAT_UNUSED,
  SECTOR_SIZE_BYTES,
  USUAL_BAT_OFFSET,
  USUAL_HEADER_OFFSET,
} from '../../../src-shared/vhd/constants';
import { isAllZero } from '../disk/zeros';
import { batSizeBytes, BatEntries, encodeBat, sectorBitmapBytes, setSectors } from '../format';
import type { RandomAccessFile } from '../io';
import { SLOT_HEAD_BYTES, slotData, type ContentSink, type Slot } from './content-sink';
import { dataRuns, type ByteRun } from './zero-runs';

/** Pieces of blocks that are much larger or smaller than this are cut or gathered to it. */
const USUAL_PIECE_BYTES = 2 * 1024 * 1024;
const BAT_WRITE_ENTRIES = 1024 * 1024;

export interface DynamicTarget {
  readonly sizeBytes: number;
  readonly blockSizeBytes: number;
  readonly footer: Uint8Array;
  readonly header: Uint8Array;
}

/**
 * Streams guest content into a fresh dynamic image: blocks appended in the order of the disk, blocks of zeros left
 * out, BAT written once at the end, footer last.
 */
export class DynamicSink implements ContentSink {
  readonly pieceBytes: number;
  readonly #file: RandomAccessFile;
  readonly #target: DynamicTarget;
  readonly #bitmapBytes: number;
  readonly #entries: BatEntries;
  readonly #fullBitmap: Uint8Array;
  #endOffset: number;

  constructor(file: RandomAccessFile, target: DynamicTarget) {
    this.#file = file;
    this.#target = target;
    const { sizeBytes, blockSizeBytes } = target;
    this.#bitmapBytes = sectorBitmapBytes(blockSizeBytes);
    this.#entries = BatEntries.unused(Math.ceil(sizeBytes / blockSizeBytes));
    this.#fullBitmap = new Uint8Array(this.#bitmapBytes);
    setSectors(this.#fullBitmap, 0, blockSizeBytes / SECTOR_SIZE_BYTES);
    this.#endOffset = USUAL_BAT_OFFSET + batSizeBytes(this.#entries.length);
    const isUsual = blockSizeBytes >= USUAL_PIECE_BYTES / 4 && blockSizeBytes <= USUAL_PIECE_BYTES * 2;
    this.pieceBytes = isUsual ? blockSizeBytes : USUAL_PIECE_BYTES;
  }

  /** Blocks allocated so far. */
  get allocatedBlocks(): number {
    return this.#entries.countUsed();
  }

  accept(guestOffset: number, slot: Slot): Promise<void> {
    return this.#target.blockSizeBytes >= this.pieceBytes
      ? this.#acceptWithinBlock(guestOffset, slot)
      : this.#acceptSmallBlocks(guestOffset, slot);
  }

  async finish(): Promise<void> {
    const { footer, header } = this.#target;
    const file = this.#file;
    await file.writeAt(footer, 0);
    await file.writeAt(header, USUAL_HEADER_OFFSET);
    for (let start = 0; start < this.#entries.length; start += BAT_WRITE_ENTRIES) {
      const bytes = encodeBat(this.#entries.slice(start, start + BAT_WRITE_ENTRIES));
      await file.writeAt(bytes, USUAL_BAT_OFFSET + start * BAT_ENTRY_SIZE_BYTES);
    }
    const batBytes = this.#entries.length * BAT_ENTRY_SIZE_BYTES;
    const padding = (SECTOR_SIZE_BYTES - (batBytes % SECTOR_SIZE_BYTES)) % SECTOR_SIZE_BYTES;
    if (padding > 0) await file.writeAt(new Uint8Array(padding).fill(0xff), USUAL_BAT_OFFSET + batBytes);
    await file.writeAt(footer, this.#endOffset);
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  /** One block, or a part of a large one. Everything that decides places happens before the first await. */
  async #acceptWithinBlock(guestOffset: number, slot: Slot): Promise<void> {
    const { blockSizeBytes } = this.#target;
    const data = slotData(slot);
    const runs = dataRuns(data);
    const first = runs[0];
    if (!first) return;
    const block = Math.floor(guestOffset / blockSizeBytes);
    const inBlock = guestOffset - block * blockSizeBytes;
    const isNew = this.#entries.at(block) === BAT_UNUSED;
    const place = this.#placeFor(block);
    const dataOffset = place + this.#bitmapBytes + inBlock;
    let rest: readonly ByteRun[] = runs;
    const writes: Promise<void>[] = [];
    if (isNew) {
      const bitmap = this.#bitmapOf(block);
      if (bitmap.length <= SLOT_HEAD_BYTES && inBlock === 0 && first.start === 0) {
        const from = SLOT_HEAD_BYTES - bitmap.length;
        slot.buffer.set(bitmap, from);
        writes.push(this.#file.writeAt(slot.buffer.subarray(from, SLOT_HEAD_BYTES + first.end), place));
        rest = runs.slice(1);
      } else writes.push(this.#file.writeAt(bitmap, place));
    }
    for (const { start, end } of rest)
      writes.push(this.#file.writeAt(data.subarray(start, end), dataOffset + start));
    await Promise.all(writes);
  }

  /** Several whole small blocks: fresh ones lie one behind the other, so that they go out in one write. */
  async #acceptSmallBlocks(guestOffset: number, slot: Slot): Promise<void> {
    const { blockSizeBytes } = this.#target;
    const data = slotData(slot);
    const writes: Promise<void>[] = [];
    const fresh: { block: number; inBlock: number; bytes: Uint8Array }[] = [];
    for (let at = 0; at < data.length;) {
      const block = Math.floor((guestOffset + at) / blockSizeBytes);
      const inBlock = guestOffset + at - block * blockSizeBytes;
      const bytes = data.subarray(at, at + blockSizeBytes - inBlock);
      at += bytes.length;
      if (isAllZero(bytes)) continue;
      if (this.#entries.at(block) === BAT_UNUSED) fresh.push({ block, inBlock, bytes });
      else writes.push(this.#file.writeAt(bytes, this.#placeFor(block) + this.#bitmapBytes + inBlock));
    }
    if (fresh.length > 0) {
      const places = fresh.map(({ block }) => this.#placeFor(block));
      const start = places[0] ?? 0;
      const stage = new Uint8Array(this.#endOffset - start);
      fresh.forEach(({ block, inBlock, bytes }, index) => {
        const at = (places[index] ?? start) - start;
        stage.set(this.#bitmapOf(block), at);
        stage.set(bytes, at + this.#bitmapBytes + inBlock);
      });
      writes.push(this.#file.writeAt(stage, start));
    }
    await Promise.all(writes);
  }

  /** Byte offset of the block's bitmap, allocated now where it was not. */
  #placeFor(block: number): number {
    const entry = this.#entries.at(block);
    invariant(entry !== undefined, `block ${block} lies outside the disk`);
    if (entry !== BAT_UNUSED) return entry * SECTOR_SIZE_BYTES;
    const place = this.#endOffset;
    this.#entries.set(block, place / SECTOR_SIZE_BYTES);
    this.#endOffset += this.#bitmapBytes + this.#target.blockSizeBytes;
    return place;
  }

  /** All sectors that lie in the disk; the last block may end beyond it. */
  #bitmapOf(block: number): Uint8Array {
    const { sizeBytes, blockSizeBytes } = this.#target;
    const inDisk = Math.min(blockSizeBytes, sizeBytes - block * blockSizeBytes);
    if (inDisk === blockSizeBytes) return this.#fullBitmap;
    const bitmap = new Uint8Array(this.#bitmapBytes);
    setSectors(bitmap, 0, Math.ceil(inDisk / SECTOR_SIZE_BYTES));
    return bitmap;
  }
}
