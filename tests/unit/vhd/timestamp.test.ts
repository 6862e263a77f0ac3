import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatTimestamp,
  MAX_TIMESTAMP_SECONDS,
  parseTimestamp,
  timestampFromDate,
  timestampToDate,
} from '../../../src-shared/vhd';

describe('timestamps', () => {
  it('count seconds from the year 2000 to 2136', () => {
    expect(formatTimestamp(0)).toBe('2000-01-01T00:00:00Z');
    expect(formatTimestamp(MAX_TIMESTAMP_SECONDS)).toBe('2136-02-07T06:28:15Z');
    expect(timestampFromDate(new Date('1999-12-31T23:59:59.999Z'))).toBeNull();
    expect(timestampFromDate(new Date('2136-02-07T06:28:15.999Z'))).toBe(MAX_TIMESTAMP_SECONDS);
    expect(timestampFromDate(new Date('2136-02-07T06:28:16Z'))).toBeNull();
    expect(timestampFromDate(new Date(Number.NaN))).toBeNull();
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.nat({ max: MAX_TIMESTAMP_SECONDS }), (seconds) => {
        expect(timestampFromDate(timestampToDate(seconds))).toBe(seconds);
        expect(parseTimestamp(formatTimestamp(seconds))).toBe(seconds);
      }),
    );
  });

  it.each([
    ['2000-01-02', 86_400],
    ['2000-01-01T01:00Z', 3600],
    ['2000-01-01T01:00:00.750+01:00', 0],
    ['2004-02-29', 131_328_000],
  ])('reads %s as %d', (text, seconds) => {
    expect(parseTimestamp(text)).toBe(seconds);
  });

  it.each([
    '',
    'yesterday',
    '1999-12-31',
    '2003-02-29',
    '2003-02-31T00:00Z',
    '2003-13-01',
    '2003-01-01T00:00',
    '2200-01-01',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });
});
