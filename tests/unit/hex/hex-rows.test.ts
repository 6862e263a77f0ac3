import { describe, expect, it } from 'vitest';
import {
  patternHex,
  rangeBetween,
  rowAtScroll,
  rowCount,
  scrollAtRow,
  scrollHeightPx,
} from '../../../src-renderer/components/hex/hex-rows';

describe('rows of a hex view', () => {
  it('reach the last row of a 2 TiB file with a scrollbar that Chromium can draw', () => {
    const rows = rowCount(2 * 2 ** 40);
    expect(scrollHeightPx(rows)).toBeLessThan(33_554_428);
    expect(rowAtScroll(scrollHeightPx(rows) - 800, rows, 40, 800)).toBe(rows - 40);
    expect(rowAtScroll(0, rows, 40, 800)).toBe(0);
  });

  it('come back to where they were from the place of the bar', () => {
    const rows = rowCount(100_000);
    for (const row of [0, 1, 17, 3000, rows - 40]) {
      expect(rowAtScroll(scrollAtRow(row, rows, 40, 800), rows, 40, 800)).toBe(row);
    }
  });

  it('have one row for an empty file, and no bar to move where all rows are in view', () => {
    expect(rowCount(0)).toBe(1);
    expect(scrollAtRow(0, 1, 40, 800)).toBe(0);
    expect(rowAtScroll(0, 1, 40, 800)).toBe(0);
  });
});

it('a selection holds both ends, whichever came first', () => {
  expect(rangeBetween(5, 9)).toEqual({ offset: 5, length: 5 });
  expect(rangeBetween(9, 5)).toEqual({ offset: 5, length: 5 });
  expect(rangeBetween(5, 5)).toEqual({ offset: 5, length: 1 });
});

describe('a search pattern', () => {
  it.each([
    ['63 6f 6e', 'hex', '636f6e'],
    ['0x636F', 'hex', '636f'],
    ['63-6f:6e', 'hex', '636f6e'],
    ['con', 'text', '636f6e'],
    ['ä', 'text', 'c3a4'],
  ] as const)('%j as %s is %s', (text, kind, hex) => expect(patternHex(text, kind)).toBe(hex));
  it.each([
    ['6', 'hex'],
    ['zz', 'hex'],
    ['', 'hex'],
    ['', 'text'],
  ] as const)('%j as %s is none', (text, kind) => expect(patternHex(text, kind)).toBeNull());
});
