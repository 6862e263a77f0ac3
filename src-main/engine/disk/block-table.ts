import {
  BAT_ENTRY_SIZE_BYTES,
  BAT_UNUSED,
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { AppError } from '../../../src-shared/errors';
import { BAT_ENTRIES_MAX, sectorBitmapBytes, UNUSED_PLATFORM_CODE, type BatEntries } from '../format';
import { FileOrder } from './file-order';
import { findOverlaps, type BlockSet } from './find-overlaps';
import type { LocatedHeader, VhdMetadata } from './metadata';

/** What `placeOf` gives for a block that is not allocated, and for one whose entry cannot be trusted. */
export const UNALLOCATED = -1;
export const DAMAGED = -2;

/**
 * Where the blocks of a dynamic or differencing disk lie, judged against the file they are in. An entry is damaged
 * where it points past the end of the file, into metadata, or at a place that another block has too, and where the
 * BAT itself ends before it (CLI.md, "What damage stops what").
 */
export class BlockTable {
  readonly blockSizeBytes: number;
  readonly bitmapBytes: number;
  /** Sectors of one block's data. */
  readonly sectorsPerBlock: number;
  /** Blocks that the disk's size needs. */
  readonly blockCount: number;
  readonly sizeBytes: number;
  #usableEndOffset: number;
  readonly batOffset: number;
  readonly #entries: BatEntries;
  readonly #metadataRanges: readonly (readonly [number, number])[];
  /** Blocks that overlap another, null where none does; undefined until asked for. */
  #overlapping: BlockSet | null | undefined;

  /** @throws AppError `too-damaged`, `unsupported`, `value-too-large` where the metadata gives no usable table. */
  constructor(metadata: VhdMetadata, sizeBytes: number, path: string) {
    const { header, bat } = metadata;
    const damaged = (what: string): AppError =>
      new AppError('too-damaged', `"${path}" ${what}.`, { context: { path } });
    if (!header) throw damaged('has no dynamic disk header where its footer says');
    const { blockSizeBytes } = header.fields;
    // COMPAT(libvhdi): every multiple of 512 is read, not only powers of two.
    if (blockSizeBytes === 0 || blockSizeBytes % SECTOR_SIZE_BYTES !== 0)
      throw damaged(`has a block size of ${blockSizeBytes} bytes, which is no number of sectors`);
    if (!bat) throw damaged('names no usable place for its BAT');
    this.sizeBytes = sizeBytes;
    this.blockSizeBytes = blockSizeBytes;
    this.bitmapBytes = sectorBitmapBytes(blockSizeBytes);
    this.sectorsPerBlock = blockSizeBytes / SECTOR_SIZE_BYTES;
    this.blockCount = Math.ceil(sizeBytes / blockSizeBytes);
    if (this.blockCount > BAT_ENTRIES_MAX) {
      throw new AppError(
        'unsupported',
        `"${path}" needs ${this.blockCount} blocks; at most ${BAT_ENTRIES_MAX} are held in memory.`,
        { context: { path } },
      );
    }
    this.batOffset = bat.offset;
    this.#entries = bat.entries.first(this.blockCount);
    const { footer, fileSizeBytes } = metadata;
    this.#usableEndOffset = footer?.position === 'end' ? footer.offset : fileSizeBytes;
    this.#metadataRanges = [
      [0, FOOTER_SIZE_BYTES],
      [header.offset, header.offset + DYNAMIC_HEADER_SIZE_BYTES],
      // the entries that the disk needs; a header that claims more makes no block wrong
      [bat.offset, bat.offset + BAT_ENTRY_SIZE_BYTES * this.#entries.length],
      ...(metadata.type === 'differencing' ? locatorRanges(header, this.#usableEndOffset) : []),
    ];
  }

  /** Byte offset in the file behind the last byte that can belong to a block: the footer at the end, or the end. */
  get usableEndOffset(): number {
    return this.#usableEndOffset;
  }

  /** The file has grown, its footer now at `endOffset`. */
  growTo(endOffset: number): void {
    this.#usableEndOffset = endOffset;
  }

  get strideBytes(): number {
    return this.bitmapBytes + this.blockSizeBytes;
  }

  /** The stored entry, BAT_UNUSED where the BAT has none. */
  entryOf(blockIndex: number): number {
    return this.#entries.at(blockIndex) ?? BAT_UNUSED;
  }

  /** Byte offset of a block's sector bitmap, or UNALLOCATED, or DAMAGED. */
  placeOf(blockIndex: number): number {
    const entry = this.#entries.at(blockIndex);
    if (entry === BAT_UNUSED) return UNALLOCATED;
    if (entry === undefined) return DAMAGED;
    if (!this.#isInBlockArea(entry * SECTOR_SIZE_BYTES) || this.#isOverlapping(blockIndex)) return DAMAGED;
    return entry * SECTOR_SIZE_BYTES;
  }

  /** Why `placeOf` says DAMAGED: past the end of the file (or no entry at all), inside metadata, or on another block. */
  damageOf(blockIndex: number): 'outside' | 'metadata' | 'overlap' {
    const entry = this.#entries.at(blockIndex);
    if (entry === undefined) return 'outside';
    const start = entry * SECTOR_SIZE_BYTES;
    if (start + this.bitmapBytes > this.#usableEndOffset) return 'outside';
    return this.#touchesMetadata(start) ? 'metadata' : 'overlap';
  }

  /** The same as the end of a sentence. */
  describeDamage(blockIndex: number): string {
    if (blockIndex >= this.#entries.length) return `the BAT ends before the entry of block ${blockIndex}`;
    switch (this.damageOf(blockIndex)) {
      case 'outside':
        return `the BAT entry of block ${blockIndex} points past the end of the file`;
      case 'metadata':
        return `the BAT entry of block ${blockIndex} points into metadata`;
      case 'overlap':
        return `block ${blockIndex} overlaps another block`;
    }
  }

  /** Bytes of data that the file holds for a block at `bitmapOffset`: all of it, or less where the file ends. */
  storedBytes(bitmapOffset: number): number {
    const available = this.#usableEndOffset - bitmapOffset - this.bitmapBytes;
    return Math.max(0, Math.min(this.blockSizeBytes, available));
  }

  /** Sectors of a block that lie inside the disk; fewer than all only in the last block. */
  guestSectorsOf(blockIndex: number): number {
    const left = this.sizeBytes - blockIndex * this.blockSizeBytes;
    return Math.ceil(Math.min(this.blockSizeBytes, left) / SECTOR_SIZE_BYTES);
  }

  /** First block in `(blockIndex, end)` that is allocated or damaged, or `end`. */
  skipUnallocated(blockIndex: number, end: number): number {
    return this.#entries.nextUsed(blockIndex + 1, end);
  }

  /** A block's new place, once its BAT entry is on disk. */
  setPlace(blockIndex: number, bitmapOffset: number): void {
    this.#entries.set(blockIndex, bitmapOffset / SECTOR_SIZE_BYTES);
  }

  /** Whether every block has no entry or a trustworthy one, with all its guest sectors in the file. */
  get isSound(): boolean {
    if (this.#entries.length < this.blockCount) return false;
    return !this.#entries.someUsed((sector, block) => {
      const place = sector * SECTOR_SIZE_BYTES;
      if (!this.#isInBlockArea(place) || this.#isOverlapping(block)) return true;
      return this.storedBytes(place) < this.guestSectorsOf(block) * SECTOR_SIZE_BYTES;
    });
  }

  /** The blocks that `placeOf` gives a place, as they lie in the file. */
  inFileOrder(): FileOrder {
    return new FileOrder(
      this.#entries,
      (sector, block) => this.#isInBlockArea(sector * SECTOR_SIZE_BYTES) && !this.#isOverlapping(block),
    );
  }

  /** Allocated blocks, damaged ones included. */
  countAllocated(): number {
    return this.#entries.countUsed();
  }

  #isOverlapping(blockIndex: number): boolean {
    // not `??=`: null is an answer, too, and asking again costs a walk over the whole BAT
    if (this.#overlapping === undefined) {
      this.#overlapping = findOverlaps(this.#entries, this.strideBytes / SECTOR_SIZE_BYTES, (sector) =>
        this.#isInBlockArea(sector * SECTOR_SIZE_BYTES),
      );
    }
    return this.#overlapping !== null && this.#overlapping.has(blockIndex);
  }

  /** Whether a block can lie at this byte: its bitmap in the file, and none of it in metadata. */
  #isInBlockArea(start: number): boolean {
    return start + this.bitmapBytes <= this.#usableEndOffset && !this.#touchesMetadata(start);
  }

  #touchesMetadata(start: number): boolean {
    const end = start + this.strideBytes;
    // A million blocks are asked for at a time: no callback, no destructuring.
    for (const range of this.#metadataRanges) if (start < range[1] && range[0] < end) return true;
    return false;
  }
}

/** Where the parents' paths lie; one that claims more than there is says nothing about the blocks it reaches over. */
function locatorRanges({ fields }: LocatedHeader, endOffset: number): (readonly [number, number])[] {
  return fields.parentLocators.flatMap(({ platformCode, dataOffset, dataLengthBytes }) => {
    if (platformCode === UNUSED_PLATFORM_CODE || !dataOffset || dataLengthBytes === 0) return [];
    const end = dataOffset + dataLengthBytes;
    return end <= endOffset ? [[dataOffset, end] as const] : [];
  });
}
