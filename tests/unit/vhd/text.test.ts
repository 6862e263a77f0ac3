import fc from 'fast-check';
import { TextDecoder, TextEncoder } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  decodeLatin1,
  decodeUtf16Be,
  decodeUtf16Le,
  decodeUtf8,
  encodeLatin1,
  encodeUtf16Be,
  encodeUtf16Le,
  encodeUtf8,
  formatUuid,
  fromHex,
  parseUuid,
  toHex,
  trimAtNul,
} from '../../../src-shared/vhd';

const anyUnits = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('Latin-1 and UTF-16', () => {
  it('come back as they were, unpaired surrogates and NULs included', () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        expect(decodeUtf16Be(encodeUtf16Be(text))).toBe(text);
        expect(decodeUtf16Le(encodeUtf16Le(text))).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(encodeLatin1(decodeLatin1(bytes))).toEqual(bytes);
      }),
    );
  });

  it('differ in byte order as named', () => {
    expect([...encodeUtf16Be('A\u1234')]).toEqual([0x00, 0x41, 0x12, 0x34]);
    expect([...encodeUtf16Le('A\u1234')]).toEqual([0x41, 0x00, 0x34, 0x12]);
  });

  it('drops a last odd byte, and refuses Latin-1 for what it does not have', () => {
    expect(decodeUtf16Le(Uint8Array.from([0x41, 0, 0x42]))).toBe('A');
    expect(() => encodeLatin1('€')).toThrow(RangeError);
    expect(trimAtNul('win8.vhd\0\0x')).toBe('win8.vhd');
    expect(trimAtNul('abc')).toBe('abc');
  });
});

describe('UTF-8', () => {
  it('is encoded as the platform does, unpaired surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)]);
      }),
    );
  });

  it('is decoded as the platform does where it is well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(decodeUtf8(bytes)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      }),
    );
  });

  it('refuses exactly the byte sequences that the platform refuses', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const isWellFormed = (bytes: Uint8Array): boolean => {
      try {
        strict.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    const leads = [0x41, 0x7f, 0x80, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
    const followers = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2];
    for (const lead of leads) {
      for (const second of followers) {
        for (const third of followers) {
          const bytes = Uint8Array.from([lead, second, third, 0x80]);
          for (let length = 1; length <= 4; length += 1) {
            const part = bytes.subarray(0, length);
            expect(decodeUtf8(part).includes('\ufffd'), toHex(part)).toBe(!isWellFormed(part));
          }
        }
      }
    }
  });
});

describe('hex and ids', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        const id = formatUuid(bytes);
        expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        for (const form of [id, id.toUpperCase(), `{${id}}`, id.replace(/-/g, ''), ` ${id} `]) {
          expect(parseUuid(form)).toEqual(bytes);
        }
      }),
    );
  });

  it('keeps the byte order of the file', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, index) => index);
    expect(formatUuid(bytes)).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f');
  });

  it.each([
    '',
    'ea642f6a',
    'ea642f6a-7441-4899-a955-ead7c4e74ab',
    'ga642f6a-7441-4899-a955-ead7c4e74ab3',
    '{ea642f6a-7441-4899-a955-ead7c4e74ab3',
    'ea642f6a74414899-a955-ead7c4e74ab3',
  ])('refuses %j as an id', (text) => {
    expect(parseUuid(text)).toBeNull();
  });

  it('refuses what is no hex, and ids that have not 16 bytes', () => {
    expect(fromHex('0g')).toBeNull();
    expect(fromHex('abc')).toBeNull();
    expect(fromHex('FF 00')).toEqual(Uint8Array.from([255, 0]));
    expect(() => formatUuid(new Uint8Array(15))).toThrow(RangeError);
  });
});
