const CHUNK_BYTES = 1 << 20;

/** `[start, end)` in bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges of a file, sorted, merged and without overlap. */
export class RangeSet {
  readonly #ranges: { start: number; end: number }[] = [];

  get ranges(): readonly ByteRange[] {
    return this.#ranges;
  }

  /** Bytes in all ranges. */
  get totalBytes(): number {
    return this.#ranges.reduce((sum, range) => sum + range.end - range.start, 0);
  }

  /** The parts of `[start, end)` that are in no range yet, in order. */
  missing(start: number, end: number): ByteRange[] {
    const gaps: ByteRange[] = [];
    let position = start;
    for (let index = firstEndingAfter(this.#ranges, start); index < this.#ranges.length; index += 1) {
      const range = this.#ranges[index];
      if (!range || range.start >= end) break;
      if (range.start > position) gaps.push({ start: position, end: range.start });
      position = Math.max(position, range.end);
    }
    if (position < end) gaps.push({ start: position, end });
    return gaps;
  }

  add(start: number, end: number): void {
    if (end <= start) return;
    const first = firstEndingAfter(this.#ranges, start - 1);
    let last = first;
    let merged = { start, end };
    for (let range = this.#ranges[last]; range && range.start <= end; range = this.#ranges[last]) {
      merged = { start: Math.min(merged.start, range.start), end: Math.max(merged.end, range.end) };
      last += 1;
    }
    this.#ranges.splice(first, last - first, merged);
  }
}

/** Index of the first of sorted ranges that do not overlap whose end lies behind `position`; their number where none does. */
export function firstEndingAfter(ranges: readonly ByteRange[], position: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) > position) high = middle;
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
