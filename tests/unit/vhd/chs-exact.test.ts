import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capacitySectors,
  geometryForSectors,
  isChsExact,
  LARGE_GEOMETRY_SECTORS,
  MAX_GEOMETRY_SECTORS,
  MIB_BYTES,
  nextChsExactSize,
  previousChsExactSize,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd';

const isExactCount = (sectors: number): boolean => capacitySectors(geometryForSectors(sectors)) === sectors;
const toSectors = (bytes: number | null): number | null =>
  bytes === null ? null : bytes / SECTOR_SIZE_BYTES;

/** Compares both questions with a search of every sector count in `[start, end)`; returns the first difference. */
function firstDifference(start: number, end: number): string | null {
  let previous: number | null = null;
  const exact: number[] = [];
  for (let sectors = start; sectors < end; sectors += 1)
    if (sectors > 0 && isExactCount(sectors)) exact.push(sectors);
  let at = 0;
  for (let sectors = start; sectors < end; sectors += 1) {
    while (at < exact.length && (exact[at] ?? 0) < sectors) at += 1;
    const next = exact[at];
    if (next === sectors) previous = sectors;
    // Near the ends of the range the answer may lie outside of it.
    const foundNext = toSectors(nextChsExactSize(sectors * SECTOR_SIZE_BYTES));
    if (next !== undefined && foundNext !== next) return `next of ${sectors}: ${foundNext}, not ${next}`;
    const foundPrevious = toSectors(previousChsExactSize(sectors * SECTOR_SIZE_BYTES));
    if (previous !== null && foundPrevious !== previous) {
      return `previous of ${sectors}: ${foundPrevious}, not ${previous}`;
    }
  }
  return exact.length === 0 ? 'nothing exact in the range' : null;
}

describe('CHS-exact sizes', () => {
  it.each([
    ['all sizes up to 290 MiB, over every change of heads and sectors per track', 0, 290 * 2048],
    ['either side of the 255-sector threshold', LARGE_GEOMETRY_SECTORS - 9000, LARGE_GEOMETRY_SECTORS + 9000],
    ['the end of the largest geometry', MAX_GEOMETRY_SECTORS - 9000, MAX_GEOMETRY_SECTORS + 1],
  ])('are found as a search of every sector finds them: %s', (_label, start, end) => {
    expect(firstDifference(start, end)).toBeNull();
  });

  it('start at one cylinder of 4 heads and 17 sectors and end at the largest geometry', () => {
    expect(nextChsExactSize(0)).toBe(34_816);
    expect(nextChsExactSize(1)).toBe(34_816);
    expect(previousChsExactSize(34_815)).toBeNull();
    expect(nextChsExactSize(136_899_993_600)).toBe(136_899_993_600);
    expect(nextChsExactSize(136_899_993_601)).toBeNull();
    expect(previousChsExactSize(2 ** 50)).toBe(136_899_993_600);
  });

  it('are reached from sizes that are not whole sectors', () => {
    expect(nextChsExactSize(34_817)).toBe(69_632);
    expect(previousChsExactSize(34_817)).toBe(34_816);
    expect(isChsExact(34_817)).toBe(false);
  });

  it('include 1008 MiB but no whole number of GiB', () => {
    expect(isChsExact(1008 * MIB_BYTES)).toBe(true);
    for (let gib = 1; gib <= 127; gib += 1) expect(isChsExact(gib * 1024 * MIB_BYTES)).toBe(false);
  });

  it('are their own next and previous, and nothing exact lies between next and previous', () => {
    fc.assert(
      fc.property(fc.integer({ min: 34_816, max: 136_899_993_600 }), (sizeBytes) => {
        const next = nextChsExactSize(sizeBytes) ?? Number.NaN;
        const previous = previousChsExactSize(sizeBytes) ?? Number.NaN;
        expect(isChsExact(next) && isChsExact(previous)).toBe(true);
        expect(previous <= sizeBytes && sizeBytes <= next).toBe(true);
        expect(nextChsExactSize(next)).toBe(next);
        expect(previousChsExactSize(previous)).toBe(previous);
        if (previous < sizeBytes) expect(nextChsExactSize(previous + 1)).toBe(next);
      }),
    );
  });
});
