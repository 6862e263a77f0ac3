/** The longest piece of `chunksOf`. */
export const CHUNK_BYTES = 1 << 20;
const ROOM_AT_FIRST = 16;

/** `[start, end)` in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges in order, as many as `length`; an array of them is one. */
export interface ByteRanges extends Iterable<ByteRange> {
  readonly length: number;
}

/** Ranges of a file, sorted, merged and without overlap. Kept as numbers: there can be a million of them. */
export class RangeSet implements ByteRanges {
  #starts = new Float64Array(ROOM_AT_FIRST);
  #ends = new Float64Array(ROOM_AT_FIRST);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Bytes in all ranges. */
  get totalBytes(): number {
    let sum = 0;
    for (let at = 0; at < this.#length; at += 1) sum += this.#endAt(at) - this.#startAt(at);
    return sum;
  }

  *[Symbol.iterator](): Generator<ByteRange> {
    for (let at = 0; at < this.#length; at += 1) yield { start: this.#startAt(at), end: this.#endAt(at) };
  }

  /** The parts of `[start, end)` that are in no range yet, in order. */
  missing(start: number, end: number): ByteRange[] {
    const gaps: ByteRange[] = [];
    let position = start;
    for (let at = this.#firstEndingAfter(start); at < this.#length; at += 1) {
      const from = this.#startAt(at);
      if (from >= end) break;
      if (from > position) gaps.push({ start: position, end: from });
      position = Math.max(position, this.#endAt(at));
    }
    if (position < end) gaps.push({ start: position, end });
    return gaps;
  }

  add(start: number, end: number): void {
    if (end <= start) return;
    const first = this.#firstEndingAfter(start - 1);
    let last = first;
    let mergedStart = start;
    let mergedEnd = end;
    for (; last < this.#length && this.#startAt(last) <= end; last += 1) {
      mergedStart = Math.min(mergedStart, this.#startAt(last));
      mergedEnd = Math.max(mergedEnd, this.#endAt(last));
    }
    this.#makeRoom(first, last);
    this.#starts[first] = mergedStart;
    this.#ends[first] = mergedEnd;
  }

  #startAt(at: number): number {
    return this.#starts[at] ?? 0;
  }

  #endAt(at: number): number {
    return this.#ends[at] ?? 0;
  }

  /** One place at `first`, instead of those of `[first, last)`. */
  #makeRoom(first: number, last: number): void {
    const length = this.#length - (last - first) + 1;
    if (length > this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#ends = grown(this.#ends);
    }
    if (last !== first + 1) {
      this.#starts.copyWithin(first + 1, last, this.#length);
      this.#ends.copyWithin(first + 1, last, this.#length);
    }
    this.#length = length;
  }

  #firstEndingAfter(position: number): number {
    return firstAfter(this.#length, position, (at) => this.#endAt(at));
  }
}

function grown(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** Index of the first of sorted ranges that do not overlap whose end lies behind `position`; their number where none does. */
export function firstEndingAfter(ranges: readonly ByteRange[], position: number): number {
  return firstAfter(ranges.length, position, (at) => ranges[at]?.end ?? 0);
}

function firstAfter(length: number, position: number, endAt: (at: number) => number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endAt(middle) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Ranges in pieces of at most 1 MiB, in order. */
export function* chunksOf(ranges: Iterable<ByteRange>): Generator<ByteRange> {
  for (const range of ranges) {
    for (let start = range.start; start < range.end; start += CHUNK_BYTES)
      yield { start, end: Math.min(range.end, start + CHUNK_BYTES) };
  }
}
