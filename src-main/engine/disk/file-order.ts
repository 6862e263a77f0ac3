import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import type { BatEntries } from '../format';

/** Blocks put in order at once: 16 MiB, whatever the number of blocks. Each stretch is a pass over the BAT. */
const BLOCKS_PER_STRETCH = 1024 * 1024;
const SECTORS_PER_BUCKET = 65_536;
const BUCKETS = 65_536;

/** Blocks that begin in `[fromSector, endSector)` of the file; their entries are among `[fromIndex, endIndex)`. */
export interface FileStretch {
  readonly fromSector: number;
  readonly endSector: number;
  readonly fromIndex: number;
  readonly endIndex: number;
  readonly blockCount: number;
}

/** Blocks in the order in which they lie in the file, and where each begins. */
export interface OrderedBlocks {
  readonly blocks: Uint32Array;
  readonly sectors: Uint32Array;
}

/**
 * Blocks in the order in which they lie in the file, those at one place by their number, in bounded memory: one
 * stretch of the file after another is put in order when it is asked for.
 */
export class FileOrder {
  readonly stretches: readonly FileStretch[];
  /** Blocks in all stretches. */
  readonly blockCount: number;
  readonly #entries: BatEntries;
  readonly #isCounted: (sector: number, block: number) => boolean;
  readonly #blocksPerStretch: number;
  readonly #mostBlocks: number;
  #found: OrderedBlocks | null = null;
  #spare: OrderedBlocks | null = null;

  /**
   * @param entries sectors; BAT_UNUSED, and those that `isCounted` denies, are no blocks. Neither may change while the
   *   order is in use.
   */
  constructor(
    entries: BatEntries,
    isCounted: (sector: number, block: number) => boolean = () => true,
    blocksPerStretch = BLOCKS_PER_STRETCH,
  ) {
    this.#entries = entries;
    this.#isCounted = isCounted;
    this.#blocksPerStretch = blocksPerStretch;
    this.stretches = [...this.#divide()];
    this.blockCount = this.stretches.reduce((sum, { blockCount }) => sum + blockCount, 0);
    this.#mostBlocks = this.stretches.reduce((most, { blockCount }) => Math.max(most, blockCount), 0);
  }

  *[Symbol.iterator](): Generator<OrderedBlocks> {
    for (const stretch of this.stretches) yield this.blocksOf(stretch);
  }

  /** Of one stretch; what is given is good until the next is asked for. */
  blocksOf({ fromSector, endSector, fromIndex, endIndex, blockCount }: FileStretch): OrderedBlocks {
    const found = (this.#found ??= roomFor(this.#mostBlocks));
    const { blocks, sectors } = found;
    const spanSectors = endSector - fromSector;
    let count = 0;
    let last = -1;
    let isOrdered = true;
    for (const { first, entries } of this.#entries.usedParts(fromIndex, endIndex)) {
      for (let at = 0; at < entries.length && count < blockCount; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        // one comparison of whole numbers: most entries of a great BAT are not of this stretch
        if ((sector - fromSector) >>> 0 >= spanSectors || !this.#isCounted(sector, first + at)) continue;
        isOrdered &&= sector >= last;
        last = sector;
        blocks[count] = first + at;
        sectors[count] = sector;
        count += 1;
      }
    }
    const unsorted = { blocks: blocks.subarray(0, blockCount), sectors: sectors.subarray(0, blockCount) };
    if (isOrdered) return unsorted;
    this.#spare ??= roomFor(this.#mostBlocks);
    return sortBySector(unsorted, this.#spare, fromSector, endSector);
  }

  *#divide(): Generator<FileStretch> {
    const whole = { fromSector: 0, endSector: BAT_UNUSED, fromIndex: 0, endIndex: this.#entries.length };
    if (this.#entries.length <= this.#blocksPerStretch) {
      yield* this.#withCount(whole);
      return;
    }
    const buckets = this.#count(whole, SECTORS_PER_BUCKET);
    yield* this.#join(buckets, 0, SECTORS_PER_BUCKET);
  }

  /** Neighbouring buckets as stretches, none with more blocks than are put in order at once. */
  *#join(buckets: Buckets, firstSector: number, sectorsPerBucket: number): Generator<FileStretch> {
    let open: FileStretch | null = null;
    for (let at = 0; at < BUCKETS; at += 1) {
      const blockCount = buckets.counts[at] ?? 0;
      if (blockCount === 0) continue;
      const fromSector = firstSector + at * sectorsPerBucket;
      const bucket: FileStretch = {
        fromSector,
        // entries that are not in use would be among those of the last bucket
        endSector: Math.min(fromSector + sectorsPerBucket, BAT_UNUSED),
        fromIndex: buckets.first[at] ?? 0,
        endIndex: (buckets.last[at] ?? 0) + 1,
        blockCount,
      };
      const joined: FileStretch = open ? joinOf(open, bucket) : bucket;
      if (joined.blockCount <= this.#blocksPerStretch) {
        open = joined;
        continue;
      }
      if (open) yield open;
      open = null;
      if (blockCount <= this.#blocksPerStretch) open = bucket;
      else if (sectorsPerBucket > 1) yield* this.#join(this.#count(bucket, 1), fromSector, 1);
      else yield* this.#cut(bucket);
    }
    if (open) yield open;
  }

  /** More blocks at one place than are put in order at once, as a damaged BAT has them: their numbers are the order. */
  *#cut(place: FileStretch): Generator<FileStretch> {
    let { fromIndex } = place;
    let blockCount = 0;
    for (const { first, entries } of this.#entries.usedParts(fromIndex, place.endIndex)) {
      for (let at = 0; at < entries.length; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        if (sector !== place.fromSector || !this.#isCounted(sector, first + at)) continue;
        blockCount += 1;
        if (blockCount < this.#blocksPerStretch) continue;
        const endIndex = first + at + 1;
        yield { ...place, fromIndex, endIndex, blockCount };
        fromIndex = endIndex;
        blockCount = 0;
      }
    }
    if (blockCount > 0) yield { ...place, fromIndex, blockCount };
  }

  *#withCount(range: Omit<FileStretch, 'blockCount'>): Generator<FileStretch> {
    let blockCount = 0;
    for (const { first, entries } of this.#entries.usedParts(range.fromIndex, range.endIndex)) {
      for (let at = 0; at < entries.length; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        if (sector !== BAT_UNUSED && this.#isCounted(sector, first + at)) blockCount += 1;
      }
    }
    if (blockCount > 0) yield { ...range, blockCount };
  }

  #count(range: Omit<FileStretch, 'blockCount'>, sectorsPerBucket: number): Buckets {
    const { fromSector } = range;
    const spanSectors = range.endSector - fromSector;
    const buckets = new Buckets();
    for (const { first, entries } of this.#entries.usedParts(range.fromIndex, range.endIndex)) {
      for (let at = 0; at < entries.length; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        if ((sector - fromSector) >>> 0 >= spanSectors || !this.#isCounted(sector, first + at)) continue;
        buckets.add(Math.floor((sector - fromSector) / sectorsPerBucket), first + at);
      }
    }
    return buckets;
  }
}

/** How many blocks begin in each of 65,536 parts of a file, and the first and last of them. */
class Buckets {
  readonly counts = new Uint32Array(BUCKETS);
  readonly first = new Uint32Array(BUCKETS);
  readonly last = new Uint32Array(BUCKETS);

  /** Blocks come in ascending order. */
  add(at: number, block: number): void {
    if (this.counts[at] === 0) this.first[at] = block;
    this.last[at] = block;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }
}

const joinOf = (a: FileStretch, b: FileStretch): FileStretch => ({
  fromSector: a.fromSector,
  endSector: b.endSector,
  fromIndex: Math.min(a.fromIndex, b.fromIndex),
  endIndex: Math.max(a.endIndex, b.endIndex),
  blockCount: a.blockCount + b.blockCount,
});

/**
 * Sorts by counting, digit by digit of 11 bits from the lowest; blocks at one sector keep their order. A comparison
 * function would make the engine copy the numbers into a list of objects, and take many times as long.
 */
function sortBySector(
  from: OrderedBlocks,
  room: OrderedBlocks,
  firstSector: number,
  endSector: number,
): OrderedBlocks {
  const length = from.blocks.length;
  let now = from;
  let spare = { blocks: room.blocks.subarray(0, length), sectors: room.sectors.subarray(0, length) };
  for (let bit = 0; 2 ** bit < endSector - firstSector; bit += DIGIT_BITS) {
    sortByDigit(now, spare, firstSector, bit);
    [now, spare] = [spare, now];
  }
  return now;
}

const roomFor = (blocks: number): OrderedBlocks => ({
  blocks: new Uint32Array(blocks),
  sectors: new Uint32Array(blocks),
});

const DIGIT_BITS = 11;
const DIGIT_VALUES = 1 << DIGIT_BITS;

function sortByDigit(from: OrderedBlocks, to: OrderedBlocks, firstSector: number, bit: number): void {
  const nextPlace = new Uint32Array(DIGIT_VALUES);
  const { blocks, sectors } = from;
  for (let at = 0; at < sectors.length; at += 1) {
    const digit = (((sectors[at] ?? 0) - firstSector) >>> bit) & (DIGIT_VALUES - 1);
    nextPlace[digit] = (nextPlace[digit] ?? 0) + 1;
  }
  let place = 0;
  for (let digit = 0; digit < DIGIT_VALUES; digit += 1) {
    const count = nextPlace[digit] ?? 0;
    nextPlace[digit] = place;
    place += count;
  }
  for (let at = 0; at < sectors.length; at += 1) {
    const sector = sectors[at] ?? 0;
    const digit = ((sector - firstSector) >>> bit) & (DIGIT_VALUES - 1);
    const target = nextPlace[digit] ?? 0;
    nextPlace[digit] = target + 1;
    to.sectors[target] = sector;
    to.blocks[target] = blocks[at] ?? 0;
  }
}
