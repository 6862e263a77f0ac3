import type { BatAnalysis } from './bat-analysis';

/** Sectors of the file of which every beginning of a block is known: what a view of the file shows, and more. */
const NEARBY_SECTORS = 2048;

interface BlockStart {
  readonly sector: number;
  /** The lowest that begins there. */
  readonly block: number;
}

/**
 * The placed blocks that begin in one stretch of the file, and the nearest on either side of it. Found in one pass over
 * the BAT; keeps nothing as long as the BAT.
 */
export class NearbyBlocks {
  readonly #fromSector: number;
  readonly #starts: readonly BlockStart[];
  /** The nearest in front of the stretch, and behind it. */
  readonly #before: BlockStart | null;
  readonly #after: BlockStart | null;

  constructor(bat: BatAnalysis, sector: number) {
    this.#fromSector = Math.floor(sector / NEARBY_SECTORS) * NEARBY_SECTORS;
    const starts = new Map<number, number>();
    let before: BlockStart | null = null;
    let after: BlockStart | null = null;
    const endSector = this.#fromSector + NEARBY_SECTORS;
    let nearestBefore = -1;
    let nearestAfter = Infinity;
    for (const { first, entries } of bat.entries.usedParts()) {
      for (let at = 0; at < entries.length; at += 1) {
        const start = entries[at] ?? Infinity;
        if (start <= nearestBefore || start >= nearestAfter || !bat.isPlaced(start)) continue;
        if (start < this.#fromSector) {
          nearestBefore = start;
          before = { sector: start, block: first + at };
        } else if (start >= endSector) {
          nearestAfter = start;
          after = { sector: start, block: first + at };
        } else if (!starts.has(start)) starts.set(start, first + at);
      }
    }
    this.#before = before;
    this.#after = after;
    this.#starts = [...starts]
      .map(([start, block]) => ({ sector: start, block }))
      .sort((a, b) => a.sector - b.sector);
  }

  /** Whether what is asked about this sector can be answered. */
  covers(sector: number): boolean {
    return sector >= this.#fromSector && sector < this.#fromSector + NEARBY_SECTORS;
  }

  /** The block that begins last at `sector` or in front of it, the lowest where several do; null where none does. */
  lastFrom(sector: number): BlockStart | null {
    let found = this.#before;
    for (const start of this.#starts) if (start.sector <= sector) found = start;
    return found;
  }

  /** Where the first block behind `sector` begins, or null; `sector` is in the stretch, or where the block before it begins. */
  firstBehind(sector: number): number | null {
    for (const start of this.#starts) if (start.sector > sector) return start.sector;
    return this.#after?.sector ?? null;
  }
}
