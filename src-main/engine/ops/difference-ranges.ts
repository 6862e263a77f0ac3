import type { GuestRange } from '../../../src-shared/model/finding';

const RANGES_MAX = 1000;
/** Differences closer than this are one range: single bytes that agree by chance are no news. */
const FIRST_GAP_BYTES = 512;
const GRAIN_BYTES = 4096;

/** Where two disks differ: exact bytes counted, ranges merged so that there are never more than 1000. */
export class DifferenceRanges {
  #firstOffset: number | null = null;
  #differingBytes = 0;
  #gapBytes = FIRST_GAP_BYTES;
  #ranges: { offset: number; end: number }[] = [];

  get firstOffset(): number | null {
    return this.#firstOffset;
  }

  get differingBytes(): number {
    return this.#differingBytes;
  }

  toRanges(): GuestRange[] {
    return this.#ranges.map(({ offset, end }) => ({ offset, length: end - offset }));
  }

  /** Adds the differences between two equally long pieces at one guest offset; pieces come in order. */
  add(a: Buffer, b: Buffer, offset: number): void {
    for (let at = 0; at < a.length; at += GRAIN_BYTES) {
      const end = Math.min(a.length, at + GRAIN_BYTES);
      if (a.compare(b, at, end, at, end) !== 0) this.#addBytes(a, b, at, end, offset);
    }
  }

  #addBytes(a: Buffer, b: Buffer, from: number, to: number, offset: number): void {
    let runStart = -1;
    for (let at = from; at <= to; at += 1) {
      const differs = at < to && a[at] !== b[at];
      if (differs && runStart < 0) runStart = at;
      if (!differs && runStart >= 0) {
        this.#addRun(offset + runStart, offset + at);
        runStart = -1;
      }
    }
  }

  #addRun(start: number, end: number): void {
    this.#firstOffset ??= start;
    this.#differingBytes += end - start;
    const last = this.#ranges[this.#ranges.length - 1];
    if (last && start - last.end < this.#gapBytes) last.end = end;
    else this.#ranges.push({ offset: start, end });
    while (this.#ranges.length > RANGES_MAX) this.#mergeCloser();
  }

  #mergeCloser(): void {
    this.#gapBytes *= 2;
    const merged: { offset: number; end: number }[] = [];
    for (const range of this.#ranges) {
      const last = merged[merged.length - 1];
      if (last && range.offset - last.end < this.#gapBytes) last.end = range.end;
      else merged.push(range);
    }
    this.#ranges = merged;
  }
}
