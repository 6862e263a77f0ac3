import { BAT_UNUSED } from '../../../src-shared/vhd/constants';

/** Places looked at in one pass: 36 MiB, whatever the number of blocks. */
const PLACES_PER_PASS = 4 * 1024 * 1024;

/** A set of block indexes, one bit each. */
export class BlockSet {
  readonly #bits: Uint8Array;

  constructor(blockCount: number) {
    this.#bits = new Uint8Array(Math.ceil(blockCount / 8));
  }

  add(block: number): void {
    this.#bits[block >>> 3] = (this.#bits[block >>> 3] ?? 0) | (1 << (block & 7));
  }

  has(block: number): boolean {
    return ((this.#bits[block >>> 3] ?? 0) & (1 << (block & 7))) !== 0;
  }
}

/**
 * Blocks that share bytes with another, in bounded memory. The file is divided into places as long as a block: blocks
 * that begin in one place overlap, and those of neighbouring places do where they begin closer than a block.
 * @param entries sectors; BAT_UNUSED, and those that `isPlaced` denies, are no blocks.
 * @returns null where no block overlaps another.
 */
export function findOverlaps(
  entries: Uint32Array,
  strideSectors: number,
  isPlaced: (sector: number) => boolean,
): BlockSet | null {
  const range = sectorsOutOfOrder(entries, strideSectors, isPlaced);
  if (range === null) return null;
  const found = new BlockSet(entries.length);
  let isAny = false;
  const firstPlace = Math.floor(range.first / strideSectors);
  const endPlace = Math.floor(range.last / strideSectors) + 1;
  const size = Math.min(PLACES_PER_PASS, endPlace - firstPlace);
  const pass = new Pass(size, strideSectors);
  for (let place = firstPlace; place < endPlace; place += size) {
    pass.begin(place);
    for (const sector of entries) if (sector !== BAT_UNUSED && isPlaced(sector)) pass.note(sector);
    for (let block = 0; block < entries.length; block += 1) {
      const sector = entries[block] ?? BAT_UNUSED;
      if (sector === BAT_UNUSED || !isPlaced(sector) || !pass.isOverlapping(sector)) continue;
      found.add(block);
      isAny = true;
    }
  }
  return isAny ? found : null;
}

/** First and last sector of a block; null where the blocks lie in order and apart, as most writers make them. */
function sectorsOutOfOrder(
  entries: Uint32Array,
  strideSectors: number,
  isPlaced: (sector: number) => boolean,
): { readonly first: number; readonly last: number } | null {
  if (isInOrder(entries, strideSectors)) return null;
  let previous = -strideSectors;
  let isApart = true;
  let first = Infinity;
  let last = -1;
  for (const sector of entries) {
    // an entry that is wrong by itself does not make the block it lands on wrong
    if (sector === BAT_UNUSED || !isPlaced(sector)) continue;
    if (sector < previous + strideSectors) isApart = false;
    previous = sector;
    if (sector < first) first = sector;
    if (sector > last) last = sector;
  }
  return isApart ? null : { first, last };
}

/** The common case, told without asking where blocks may lie. */
function isInOrder(entries: Uint32Array, strideSectors: number): boolean {
  let previous = -strideSectors;
  for (const sector of entries) {
    if (sector === BAT_UNUSED) continue;
    if (sector < previous + strideSectors) return false;
    previous = sector;
  }
  return true;
}

/** A stretch of places, with the lowest and highest sector at which a block begins in each. */
class Pass {
  readonly #strideSectors: number;
  readonly #size: number;
  // one place more at either end: their blocks may reach over
  readonly #lowest: Uint32Array;
  readonly #highest: Uint32Array;
  readonly #count: Uint8Array;
  #start = 0;

  constructor(size: number, strideSectors: number) {
    this.#size = size;
    this.#strideSectors = strideSectors;
    this.#lowest = new Uint32Array(size + 2);
    this.#highest = new Uint32Array(size + 2);
    this.#count = new Uint8Array(size + 2);
  }

  begin(place: number): void {
    this.#start = place - 1;
    this.#count.fill(0);
  }

  note(sector: number): void {
    const at = Math.floor(sector / this.#strideSectors) - this.#start;
    if (at < 0 || at >= this.#count.length) return;
    const count = this.#count[at] ?? 0;
    if (count === 0 || sector < (this.#lowest[at] ?? 0)) this.#lowest[at] = sector;
    if (count === 0 || sector > (this.#highest[at] ?? 0)) this.#highest[at] = sector;
    if (count < 2) this.#count[at] = count + 1;
  }

  /** Of blocks that begin in this stretch; false for all others. */
  isOverlapping(sector: number): boolean {
    const at = Math.floor(sector / this.#strideSectors) - this.#start;
    if (at < 1 || at > this.#size) return false;
    const stride = this.#strideSectors;
    return (
      (this.#count[at] ?? 0) > 1 ||
      ((this.#count[at - 1] ?? 0) > 0 && sector - (this.#highest[at - 1] ?? 0) < stride) ||
      ((this.#count[at + 1] ?? 0) > 0 && (this.#lowest[at + 1] ?? 0) - sector < stride)
    );
  }
}
