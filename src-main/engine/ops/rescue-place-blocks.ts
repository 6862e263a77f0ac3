import { BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { OperationContext } from '../disk/virtual-disk';
import { FileOrder } from '../disk/file-order';
import { BlockSet } from '../disk/find-overlaps';
import type { BatEntries } from '../format';
import { Breather } from './operation';
import type { Anchor } from './rescue-anchors';
import { FoundBlocks, type FoundCursor } from './rescue-found-blocks';
import { type IndexSet } from './rescue-index-set';

/** Places named of blocks for which there is none. */
const UNPLACED_NAMED = 6;

export interface PlacedCounts {
  /** By what anchors say, or by the only places left. */
  readonly likely: number;
  /** By nothing but the order in the file. */
  readonly guessed: number;
}

export interface Placement {
  readonly counts: PlacedCounts;
  readonly guesses: BlockSet;
  /** Blocks for which there is no place, and byte offsets of the first of them. */
  readonly unplacedCount: number;
  readonly firstUnplaced: readonly number[];
  /** Anchors of blocks that got a place, theirs or another one, but for those that are certain anyway. */
  readonly anchorsOfPlaced: readonly Anchor[];
}

interface Landmark {
  readonly offset: number;
  readonly index: number;
}

export interface PlaceRequest {
  /** The table, as long as the disk; of it only `known` is in use. Gets all that are placed. */
  readonly entries: BatEntries;
  readonly known: BlockSet;
  /** What is known needs no other word. */
  readonly isKnownCertain: boolean;
  readonly found: FoundBlocks;
  readonly anchors: readonly Anchor[];
  /** Indexes that may be given away; is used up. */
  readonly free: IndexSet;
  readonly strideBytes: number;
}

/**
 * Gives blocks without a BAT entry their places. What anchors say is likely. Between two blocks whose places are known,
 * those in between are likely where exactly as many places are free; else they follow one another in the order in
 * which they lie in the file, the order in which most programs allocate: a guess.
 */
export async function placeBlocks(
  { entries, known, isKnownCertain, found, anchors, free, strideBytes }: PlaceRequest,
  context: OperationContext = {},
): Promise<Placement> {
  const breather = new Breather(context);
  const fixed = ofFound(anchors, found).filter(({ index }) => index < entries.length && free.delete(index));
  const fixedOffsets = new Set(fixed.map(({ offset }) => offset));
  const anchored = new Set(anchors.map(({ offset }) => offset));
  const told = new Set(fixedOffsets);
  const guesses = new BlockSet(entries.length);
  const left = new FoundBlocks(strideBytes);
  let likely = fixed.length;
  let guessed = 0;
  const put = (offset: number, index: number): void => {
    free.delete(index);
    entries.set(index, offset / SECTOR_SIZE_BYTES);
    if (anchored.has(offset)) told.add(offset);
  };
  const open = new OpenBlocks(found.cursor(), fixedOffsets);
  let before = -1;
  let turn = 0;
  const placeUpTo = async (landmark: Landmark | null): Promise<void> => {
    if ((turn += 1) % TURNS_PER_BREATH === 0) await breather.breathe();
    const end = landmark?.offset ?? Infinity;
    if (!open.hasBefore(end)) return;
    const upper = landmark !== null && landmark.index > before ? landmark.index : Infinity;
    const isLikely = upper !== Infinity && isExactlyFree(free, before, upper, open.clone(), end);
    let index = before;
    for (let offset = open.take(end); offset !== null; offset = open.take(end)) {
      if ((turn += 1) % TURNS_PER_BREATH === 0) await breather.breathe();
      if (index !== NO_MORE) index = free.next(index + 1);
      if (index < 0 || index >= upper) {
        index = NO_MORE;
        left.add(offset);
        continue;
      }
      put(offset, index);
      if (isLikely) likely += 1;
      else {
        guesses.add(index);
        guessed += 1;
      }
    }
  };
  for (const landmark of landmarksOf(entries, known, fixed)) {
    await placeUpTo(landmark);
    before = landmark.index;
    if (!isKnownCertain && anchored.has(landmark.offset)) told.add(landmark.offset);
  }
  await placeUpTo(null);
  for (const { offset, index } of fixed) entries.set(index, offset / SECTOR_SIZE_BYTES);
  // landmarks out of order leave no room between them: what is left goes where places are left
  const unplaced: number[] = [];
  let unplacedCount = 0;
  let index = -1;
  for (const offset of left) {
    index = unplacedCount > 0 ? NO_MORE : free.next(index + 1);
    if (index >= 0) {
      put(offset, index);
      guesses.add(index);
      guessed += 1;
      continue;
    }
    unplacedCount += 1;
    if (unplaced.length < UNPLACED_NAMED) unplaced.push(offset);
  }
  return {
    counts: { likely, guessed },
    guesses,
    unplacedCount,
    firstUnplaced: unplaced,
    anchorsOfPlaced: anchors.filter(({ offset }) => told.has(offset)),
  };
}

/** A block that has an entry stays where that says, whatever its content looks like: it is no second block. */
function ofFound(anchors: readonly Anchor[], found: FoundBlocks): readonly Anchor[] {
  const cursor = found.cursor();
  return [...anchors]
    .sort((a, b) => a.offset - b.offset)
    .filter(({ offset }) => {
      while ((cursor.peek() ?? Infinity) < offset) cursor.next();
      return cursor.peek() === offset;
    });
}

const NO_MORE = -2;
/** Blocks placed between two looks at what else there is to do. */
const TURNS_PER_BREATH = 1024;

/** Whether exactly as many numbers between the two are free as blocks are open in front of `end`. */
function isExactlyFree(
  free: IndexSet,
  before: number,
  upper: number,
  open: OpenBlocks,
  end: number,
): boolean {
  let index = free.next(before + 1);
  while (open.take(end) !== null) {
    if (index < 0 || index >= upper) return false;
    index = free.next(index + 1);
  }
  return index < 0 || index >= upper;
}

/** Found blocks whose place no anchor told, one after another. */
class OpenBlocks {
  readonly #cursor: FoundCursor;
  readonly #fixedOffsets: ReadonlySet<number>;

  constructor(cursor: FoundCursor, fixedOffsets: ReadonlySet<number>) {
    this.#cursor = cursor;
    this.#fixedOffsets = fixedOffsets;
  }

  clone(): OpenBlocks {
    return new OpenBlocks(this.#cursor.clone(), this.#fixedOffsets);
  }

  hasBefore(end: number): boolean {
    return (this.#skipFixed() ?? Infinity) < end;
  }

  /** The next one in front of `end`, or null. */
  take(end: number): number | null {
    const offset = this.#skipFixed();
    if (offset === null || offset >= end) return null;
    this.#cursor.next();
    return offset;
  }

  #skipFixed(): number | null {
    let offset = this.#cursor.peek();
    while (offset !== null && this.#fixedOffsets.has(offset)) {
      this.#cursor.next();
      offset = this.#cursor.peek();
    }
    return offset;
  }
}

/** What has its place, in the order of the file, as `fixed` is. */
function* landmarksOf(entries: BatEntries, known: BlockSet, fixed: readonly Anchor[]): Generator<Landmark> {
  let next = 0;
  for (const { blocks, sectors } of new FileOrder(entries, (_, block) => known.has(block))) {
    for (let at = 0; at < blocks.length; at += 1) {
      const offset = (sectors[at] ?? BAT_UNUSED) * SECTOR_SIZE_BYTES;
      for (let one = fixed[next]; one && one.offset < offset; one = fixed[next]) {
        next += 1;
        yield one;
      }
      yield { offset, index: blocks[at] ?? 0 };
    }
  }
  yield* fixed.slice(next);
}
