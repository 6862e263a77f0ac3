import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatSectors,
  formatSize,
  formatSizeApart,
  formatSizeBoth,
  formatSizeExact,
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

describe('formatSizeExact', () => {
  it.each([
    [40 * 1024 ** 3, '40 GiB'],
    [1.25 * 1024 ** 3, '1.25 GiB'],
    [40 * 1024 ** 3 + 512, '40 GiB + 512 bytes'],
    [40 * 1024 ** 3 - 504 * 1024, '40 GiB - 504 KiB'],
    [1_342_177_281, '1,342,177,281 bytes'],
    [1_612_000_000, '1,612,000,000 bytes'],
    [512, '512 bytes'],
    [0, '0 bytes'],
  ])('says all of %d bytes: %s', (bytes, text) => {
    expect(formatSizeExact(bytes)).toBe(text);
  });
});

describe('formatSizeApart', () => {
  const GIB = 1024 ** 3;
  it.each([
    ['nothing beside it', 40 * GIB - 512, [], '40.00 GiB'],
    ['the same size', 40 * GIB - 512, [40 * GIB - 512, null], '40.00 GiB'],
    ['another size', 40 * GIB - 512, [41 * GIB], '40.00 GiB'],
    ['one that rounds to the same', 40 * GIB - 512, [41 * GIB, 40 * GIB], '40 GiB - 512 bytes'],
    ['one that it is rounded to', 40 * GIB, [40 * GIB - 512], '40 GiB'],
    ['a rounded one, itself rounded', 1_612_000_000, [1_612_000_001], '1,612,000,000 bytes'],
    ['trailing zeros of no meaning', 1.5 * GIB, [1.5 * GIB + 1], '1.5 GiB'],
    ['whole tens', 40 * GIB, [4 * GIB], '40 GiB'],
  ])('beside %s', (_what, bytes, others, text) => {
    expect(formatSizeApart(bytes, others)).toBe(text);
  });

  it('takes the words of other units', () => {
    const words = { short: () => '42.95 GB', full: (bytes: number) => `all ${bytes}` };
    expect(formatSizeApart(1, [2], words)).toBe('all 1');
    expect(formatSizeApart(1, [1], words)).toBe('42.95 GB');
  });
});
