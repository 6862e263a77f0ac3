import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatSectors,
  formatSize,
  formatSizeBoth,
  parseSize,
} from '../../../src-shared/vhd';

describe('formatSize', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [512, '512 bytes'],
    [1023, '1,023 bytes'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [41_943_040, '40 MiB'],
    [41_953_280, '40.01 MiB'],
    [41_943_552, '40.00 MiB'],
    [1_073_741_823, '1.00 GiB'],
    [1_073_741_824, '1 GiB'],
    [1_072_693_248, '1023 MiB'],
    [1_073_736_704, '1.00 GiB'],
    [1_610_612_736, '1.5 GiB'],
    [136_365_211_648, '127 GiB'],
    [136_899_993_600, '127.50 GiB'],
    [2_190_433_320_960, '2040 GiB'],
    [1_141_899_264, '1089 MiB'],
    [1_099_511_627_776, '1 TiB'],
    [17_179_870_208, '16.00 GiB'],
    [35_184_372_088_832, '32 TiB'],
    [-41_943_040, '-40 MiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('never shows 1,024 of a unit, unless the larger one would not be exact, nor more than two decimals', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(formatSize(bytes)).toMatch(
          /^((\d{1,3}|1,?0[01]\d|1,?02[0-3])(\.\d{1,2})? (bytes?|[KMGTP]iB)|[1-9]\d{3} [MGT]iB)$/,
        );
      }),
    );
  });

  it('shows fewer than two decimals only where the size is exact', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 43 }), (sectors) => {
        const text = formatSize(sectors * 512);
        const back = parseSize(text);
        if (!/\.\d\d /.test(text)) expect(back).toMatchObject({ ok: true, bytes: sectors * 512 });
      }),
    );
  });
});

describe('other ways to write a size', () => {
  it('are both, bytes, sectors and counts', () => {
    expect(formatSizeBoth(41_943_040)).toBe('40 MiB (41,943,040 bytes)');
    expect(formatSizeBoth(512)).toBe('512 bytes');
    expect(formatBytes(1)).toBe('1 byte');
    expect(formatSectors(41_943_040)).toBe('81,920 sectors');
    expect(formatSectors(512)).toBe('1 sector');
    expect(formatSectors(515)).toBe('1 sector and 3 bytes');
    expect(formatCount(-1234)).toBe('-1,234');
    expect(formatCount(999)).toBe('999');
  });

  it('groups any count by three', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (count) => {
        expect(formatCount(count)).toBe((count === 0 ? 0 : count).toLocaleString('en-US'));
      }),
    );
  });
});
