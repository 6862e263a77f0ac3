import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSize, parseSize, type SizeErrorCode } from '../../../src-shared/vhd';

describe('parseSize', () => {
  it.each([
    ['1008M', 1_056_964_608],
    ['1008MiB', 1_056_964_608],
    ['1008 mib', 1_056_964_608],
    ['1.5g', 1_610_612_736],
    ['1.5 GiB', 1_610_612_736],
    ['127GB', 127_000_000_000],
    ['4096', 4096],
    ['4096B', 4096],
    ['4096 bytes', 4096],
    ['266338304s', 136_365_211_648],
    ['1 sector', 512],
    ['0x7F00000000', 545_460_846_592],
    ['0X200', 512],
    ['0x7f_0000_0000', 545_460_846_592],
    ['41,943,040', 41_943_040],
    ['41 943 040 bytes', 41_943_040],
    ["41'943'040", 41_943_040],
    ['41’943’040', 41_943_040],
    ['41_943_040', 41_943_040],
    ['41\u00a0943\u202f040', 41_943_040],
    ['  40M  ', 41_943_040],
    ['+40M', 41_943_040],
    ['2T', 2_199_023_255_552],
    ['1P', 1_125_899_906_842_624],
    ['512kB', 512_000],
    ['0.5k', 512],
    ['0.0009765625 M', 1024],
    ['0', 0],
  ])('reads %j as %d bytes', (text, bytes) => {
    expect(parseSize(text)).toMatchObject({ ok: true, bytes });
  });

  it('keeps the binary reading beside a decimal one, and beside nothing else', () => {
    expect(parseSize('127GB')).toEqual({
      ok: true,
      bytes: 127_000_000_000,
      otherReading: { text: '127 GiB', bytes: 136_365_211_648 },
    });
    expect(parseSize('1,024 GB')).toMatchObject({ otherReading: { text: '1024 GiB', bytes: 2 ** 40 } });
    expect(parseSize('1.5tb')).toMatchObject({ otherReading: { text: '1.5 TiB', bytes: 1.5 * 2 ** 40 } });
    for (const text of ['127G', '127GiB', '4096B', '8s', '0x200']) {
      expect(parseSize(text)).not.toHaveProperty('otherReading');
    }
  });

  it('refuses what is no multiple of 512 and names the two nearest that are', () => {
    expect(parseSize('1000')).toEqual({
      ok: false,
      code: 'SIZE_NOT_SECTOR_MULTIPLE',
      message:
        '1,000 bytes is not a whole number of 512-byte sectors. The nearest that are: 512 bytes and 1 KiB (1,024 bytes).',
      nearest: [512, 1024],
    });
    expect(parseSize('100MB')).toMatchObject({
      code: 'SIZE_NOT_SECTOR_MULTIPLE',
      nearest: [99_999_744, 100_000_256],
      otherReading: { text: '100 MiB', bytes: 104_857_600 },
    });
    expect(parseSize('1.3G')).toMatchObject({ nearest: [1_395_864_064, 1_395_864_576] });
    expect(parseSize('19.3M')).toMatchObject({
      message: expect.stringContaining('20,237,312 bytes and 20,237,824 bytes') as string,
    });
  });

  it('does not advise a size of nothing', () => {
    expect(parseSize('3')).toMatchObject({
      message: '3 bytes is not a whole number of 512-byte sectors. The nearest that is: 512 bytes.',
    });
  });

  it('takes any byte count where it is asked to, but no part of a byte', () => {
    expect(parseSize('1000', { multipleBytes: 1 })).toMatchObject({ ok: true, bytes: 1000 });
    expect(parseSize('0.3', { multipleBytes: 1 })).toMatchObject({ ok: false, nearest: [0, 1] });
  });

  it.each<[string, SizeErrorCode]>([
    ['', 'SIZE_EMPTY'],
    ['   ', 'SIZE_EMPTY'],
    ['-5M', 'SIZE_NEGATIVE'],
    ['\u22125M', 'SIZE_NEGATIVE'],
    ['NaN', 'SIZE_SYNTAX'],
    ['Infinity', 'SIZE_SYNTAX'],
    ['M', 'SIZE_SYNTAX'],
    ['.5G', 'SIZE_SYNTAX'],
    ['1e9', 'SIZE_SYNTAX'],
    ['1.2.3', 'SIZE_SYNTAX'],
    ['1,5G', 'SIZE_SYNTAX'],
    ['10,00', 'SIZE_SYNTAX'],
    ['10 20M', 'SIZE_SYNTAX'],
    ["1,000'000", 'SIZE_SYNTAX'],
    ['40M please', 'SIZE_SYNTAX'],
    ['4' + ' '.repeat(100_000) + '!', 'SIZE_SYNTAX'],
    ['40X', 'SIZE_UNIT_UNKNOWN'],
    ['40EB', 'SIZE_UNIT_UNKNOWN'],
    ['0x', 'SIZE_UNIT_UNKNOWN'],
    ['8P', 'SIZE_TOO_LARGE'],
    ['9007199254740992', 'SIZE_TOO_LARGE'],
    ['99999999999999999999999T', 'SIZE_TOO_LARGE'],
    ['0xffffffffffffffff', 'SIZE_TOO_LARGE'],
  ])('refuses %j with %s', (text, code) => {
    const result = parseSize(text);
    expect(result).toMatchObject({ ok: false, code });
    expect(!result.ok && result.message.length).toBeGreaterThan(10);
  });

  it('reads any multiple of 512 in bytes, sectors and hex alike', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 43 }), (sectors) => {
        const bytes = sectors * 512;
        for (const text of [
          String(bytes),
          `${sectors}s`,
          `0x${bytes.toString(16)}`,
          bytes.toLocaleString('en-US'),
        ]) {
          expect(parseSize(text)).toEqual({ ok: true, bytes });
        }
      }),
    );
  });

  it('never throws, and only ever gives safe multiples', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = parseSize(text);
        if (result.ok) expect(Number.isSafeInteger(result.bytes) && result.bytes % 512 === 0).toBe(true);
      }),
    );
  });

  it('reads back what formatSize writes exactly', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4095 }), fc.constantFrom(2, 3, 4), (quarters, power) => {
        const bytes = (quarters / 4) * 1024 ** power;
        expect(parseSize(formatSize(bytes))).toMatchObject({ ok: true, bytes });
      }),
    );
  });
});
