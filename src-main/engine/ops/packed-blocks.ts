import { BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { alignedFrom } from '../../../src-shared/vhd/layout';
import { FileOrder, type FileStretch, type OrderedBlocks } from '../disk/file-order';
import { BlockSet } from '../disk/find-overlaps';
import type { BatEntries } from '../format';
import { GapWalk, type Stretch } from './gap-walk';
import type { Move, MoveList } from './move-ranges';
import { guestRangeOf, type SparseImage } from './sparse-image';

/** How the kept blocks are laid one behind the other. */
export interface Packing {
  /** Blocks that go. */
  readonly dropped: BlockSet;
  /** What no block may lie over. */
  readonly taken: readonly Stretch[];
  /** Byte offset from which on there is room. */
  readonly startOffset: number;
  /** Data lies on multiples of this. */
  readonly alignmentBytes: number;
}

interface PackedStretch {
  readonly stretch: FileStretch;
  /** Blocks in front of this stretch. */
  readonly firstIndex: number;
  /** Where the block in front of it ends in its new place. */
  readonly startOffset: number;
}

interface LoadedStretch extends OrderedBlocks {
  readonly of: PackedStretch;
}

/**
 * The kept blocks of an image in file order with their new places, by number: where a block goes is calculated anew
 * for the stretch that is asked for, as a list of millions of places would take more than the BAT itself.
 */
export class PackedBlocks implements MoveList {
  readonly count: number;
  /** Blocks that do not stay where they are. */
  readonly movedCount: number;
  /** Byte offset behind the last. */
  readonly endOffset: number;
  readonly #image: SparseImage;
  readonly #packing: Packing;
  readonly #order: FileOrder;
  readonly #placed: BlockSet;
  readonly #stretches: PackedStretch[] = [];
  #loaded: LoadedStretch | null = null;
  readonly #places: Float64Array;

  constructor(image: SparseImage, packing: Packing) {
    this.#image = image;
    this.#packing = packing;
    const blockCount = Math.ceil(image.sizeBytes / image.blockSizeBytes);
    this.#placed = new BlockSet(blockCount);
    this.#order = new FileOrder(
      image.entries.first(blockCount),
      (_, block) => !packing.dropped.has(block) && !this.#placed.has(block),
    );
    this.#places = new Float64Array(
      this.#order.stretches.reduce((most, stretch) => Math.max(most, stretch.blockCount), 0),
    );
    let firstIndex = 0;
    let movedCount = 0;
    let { startOffset } = packing;
    for (const stretch of this.#order.stretches) {
      const packed = { stretch, firstIndex, startOffset };
      this.#stretches.push(packed);
      const { sectors } = this.#load(packed);
      for (let at = 0; at < sectors.length; at += 1)
        if (this.#places[at] !== (sectors[at] ?? 0) * SECTOR_SIZE_BYTES) movedCount += 1;
      startOffset = (this.#places[sectors.length - 1] ?? 0) + image.strideBytes;
      firstIndex += stretch.blockCount;
    }
    this.count = firstIndex;
    this.movedCount = movedCount;
    this.endOffset = startOffset;
  }

  at(index: number): Move {
    const { of, blocks, sectors } = this.#stretchOf(index);
    const at = index - of.firstIndex;
    return {
      from: (sectors[at] ?? 0) * SECTOR_SIZE_BYTES,
      to: this.#places[at] ?? 0,
      length: this.#image.strideBytes,
      guest: guestRangeOf(this.#image, blocks[at] ?? 0),
    };
  }

  /** What lies free between the blocks in their new places and what else is taken, up to `endOffset`. */
  freeStretches(endOffset: number): Generator<Stretch> {
    return this.#stretchesBetween(endOffset, () => true);
  }

  /** What lies between the blocks that stay where they are and what else is taken: where others go, and what is free. */
  changedStretches(endOffset: number): Generator<Stretch> {
    return this.#stretchesBetween(endOffset, (from, to) => from === to);
  }

  *#stretchesBetween(endOffset: number, counts: (from: number, to: number) => boolean): Generator<Stretch> {
    const walk = new GapWalk(this.#packing.taken);
    for (const packed of this.#stretches) {
      const { blocks, sectors } = this.#load(packed);
      for (let at = 0; at < blocks.length; at += 1) {
        const place = this.#places[at] ?? 0;
        if (!counts((sectors[at] ?? 0) * SECTOR_SIZE_BYTES, place)) continue;
        if (place > walk.position) yield* walk.upTo(place);
        walk.pass(place + this.#image.strideBytes);
      }
    }
    yield* walk.upTo(endOffset);
  }

  /** Writes the new places over the old ones in the image's own entries: nothing can be asked afterwards. */
  intoEntries(): BatEntries {
    const { entries } = this.#image;
    for (const packed of this.#stretches) {
      const { blocks } = this.#load(packed);
      for (let at = 0; at < blocks.length; at += 1) {
        const block = blocks[at] ?? 0;
        entries.set(block, (this.#places[at] ?? 0) / SECTOR_SIZE_BYTES);
        // a new place may lie in a stretch that is still to come
        this.#placed.add(block);
      }
    }
    for (let block = 0; block < entries.length; block += 1)
      if (!this.#placed.has(block)) entries.set(block, BAT_UNUSED);
    return entries;
  }

  #stretchOf(index: number): LoadedStretch {
    const isIn = ({ firstIndex, stretch }: PackedStretch): boolean =>
      index >= firstIndex && index < firstIndex + stretch.blockCount;
    if (this.#loaded && isIn(this.#loaded.of)) return this.#loaded;
    const packed = this.#stretches.find(isIn);
    if (!packed) throw new RangeError(`there is no block ${index} of ${this.count}`);
    return this.#load(packed);
  }

  #load(packed: PackedStretch): LoadedStretch {
    const { blocks, sectors } = this.#order.blocksOf(packed.stretch);
    let endOffset = packed.startOffset;
    for (let at = 0; at < blocks.length; at += 1) {
      const place = this.#roomFrom(endOffset);
      this.#places[at] = place;
      endOffset = place + this.#image.strideBytes;
    }
    this.#loaded = { of: packed, blocks, sectors };
    return this.#loaded;
  }

  #roomFrom(offset: number): number {
    const { strideBytes, bitmapBytes } = this.#image;
    const { taken, alignmentBytes } = this.#packing;
    let place = alignedFrom(offset, bitmapBytes, alignmentBytes);
    for (let at = 0; at < taken.length; at += 1) {
      const one = taken[at];
      if (one === undefined || place >= one.end || place + strideBytes <= one.start) continue;
      place = alignedFrom(one.end, bitmapBytes, alignmentBytes);
      at = -1;
    }
    return place;
  }
}
