import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { greatestCommonDivisor, type BatEntries } from '../format';
import { FileOrder } from './file-order';

/** Places that a block can have on a grid, one bit each: 8 MiB. 2 TiB of blocks of 64 KiB have half as many. */
const GRID_PLACES_MAX = 64 * 1024 * 1024;

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
 * Blocks that share bytes with another, in bounded memory: those that begin closer to another than a block is long.
 * @param entries sectors; BAT_UNUSED, and those that `isPlaced` denies, are no blocks.
 * @returns null where no block overlaps another.
 */
export function findOverlaps(
  entries: BatEntries,
  strideSectors: number,
  isPlaced: (sector: number) => boolean,
): BlockSet | null {
  // in order and apart, as most writers make them; told without asking where blocks may lie, where that is not needed
  if (isInOrder(entries, strideSectors) || isInOrder(entries, strideSectors, isPlaced)) return null;
  if (isApartOnGrid(entries, strideSectors, isPlaced)) return null;
  let found: BlockSet | null = null;
  let previousBlock = 0;
  let previousSector = -Infinity;
  for (const { blocks, sectors } of new FileOrder(entries, isPlaced)) {
    for (let at = 0; at < blocks.length; at += 1) {
      const block = blocks[at] ?? 0;
      const sector = sectors[at] ?? 0;
      if (sector - previousSector < strideSectors) {
        found ??= new BlockSet(entries.length);
        found.add(previousBlock);
        found.add(block);
      }
      previousBlock = block;
      previousSector = sector;
    }
  }
  return found;
}

/**
 * Whether blocks that lie in no order are apart for certain: all of them a whole number of steps from one another that
 * are as long as a block, and no two at one place. Told in two passes; to put millions in order takes dozens.
 */
function isApartOnGrid(
  entries: BatEntries,
  strideSectors: number,
  isPlaced: (sector: number) => boolean,
): boolean {
  let anchor = -1;
  let lowest = BAT_UNUSED;
  let highest = 0;
  let step = 0;
  let perStep = Infinity;
  for (const part of entries.usedParts()) {
    for (let at = 0; at < part.entries.length; at += 1) {
      const sector = part.entries[at] ?? BAT_UNUSED;
      if (sector === BAT_UNUSED || !isPlaced(sector)) continue;
      if (anchor < 0) anchor = sector;
      if (sector < lowest) lowest = sector;
      if (sector > highest) highest = sector;
      const distance = Math.abs(sector - anchor);
      if (distance === 0 || Math.round(distance * perStep) * step === distance) continue;
      step = greatestCommonDivisor(step, distance);
      if (step < strideSectors) return false;
      perStep = 1 / step;
    }
  }
  if (step === 0 || (highest - lowest) / step >= GRID_PLACES_MAX) return false;
  const taken = new BlockSet((highest - lowest) / step + 1);
  for (const part of entries.usedParts()) {
    for (let at = 0; at < part.entries.length; at += 1) {
      const sector = part.entries[at] ?? BAT_UNUSED;
      if (sector === BAT_UNUSED || !isPlaced(sector)) continue;
      const place = Math.round((sector - lowest) * perStep);
      if (taken.has(place)) return false;
      taken.add(place);
    }
  }
  return true;
}

/** An entry that is wrong by itself does not make the block wrong that it lands on. */
function isInOrder(
  entries: BatEntries,
  strideSectors: number,
  isPlaced?: (sector: number) => boolean,
): boolean {
  let previous = -strideSectors;
  for (const part of entries.usedParts()) {
    for (let at = 0; at < part.entries.length; at += 1) {
      const sector = part.entries[at] ?? BAT_UNUSED;
      if (sector === BAT_UNUSED || (isPlaced && !isPlaced(sector))) continue;
      if (sector < previous + strideSectors) return false;
      previous = sector;
    }
  }
  return true;
}
