import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHUNK_BYTES, chunksOf, firstEndingAfter, RangeSet } from '../../src-main/engine/repair/range-set';
import { caseCount } from '../support/disk-model';

const BYTES = 200;
const RANGE = fc
  .tuple(fc.nat(BYTES), fc.nat(BYTES))
  .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));

/** The ranges of bytes that are set. */
function rangesOf(bytes: readonly boolean[], wanted: boolean): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== wanted) continue;
    const last = ranges.at(-1);
    if (last?.end === at) last.end += 1;
    else ranges.push({ start: at, end: at + 1 });
  }
  return ranges;
}

it('ranges of a file are what the bytes in them are, merged and in order', () => {
  fc.assert(
    fc.property(fc.array(RANGE, { maxLength: 60 }), RANGE, (added, asked) => {
      const set = new RangeSet();
      const bytes = new Array<boolean>(BYTES).fill(false);
      for (const { start, end } of added) {
        set.add(start, end);
        bytes.fill(true, start, end);
      }
      const ranges = rangesOf(bytes, true);
      expect([...set]).toEqual(ranges);
      expect(set.length).toBe(ranges.length);
      expect(set.totalBytes).toBe(bytes.filter(Boolean).length);
      const inside = bytes.map((isIn, at) => isIn || at < asked.start || at >= asked.end);
      expect(set.missing(asked.start, asked.end)).toEqual(rangesOf(inside, false));
      const first = ranges.findIndex(({ end }) => end > asked.start);
      expect(firstEndingAfter(ranges, asked.start)).toBe(first < 0 ? ranges.length : first);
    }),
    { numRuns: caseCount(500) },
  );
});

it('pieces of ranges are theirs, in order, and none is longer than it may be', () => {
  const start = fc.nat(2 ** 40);
  const length = fc.oneof(
    fc.nat(10),
    fc.constantFrom(CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(start, length), { maxLength: 5 }), (parts) => {
      const ranges = parts.map(([from, bytes]) => ({ start: from, end: from + bytes }));
      const pieces = [...chunksOf(ranges)];
      for (const piece of pieces) expect(piece.end - piece.start).toBeLessThanOrEqual(CHUNK_BYTES);
      const joined: { start: number; end: number }[] = [];
      for (const range of ranges) {
        let at = range.start;
        while (at < range.end) {
          const piece = pieces.shift();
          expect(piece?.start).toBe(at);
          at = piece?.end ?? range.end;
        }
        joined.push({ start: range.start, end: at });
      }
      expect(joined).toEqual(ranges);
      expect(pieces).toEqual([]);
    }),
    { numRuns: caseCount(200) },
  );
});
