import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readU16,
  readU32,
  readU64,
  readU64BigInt,
  readU8,
  writeU16,
  writeU32,
  writeU64,
  writeU8,
} from '../../../src-shared/vhd';

const BYTES = Uint8Array.from([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff]);

describe('reading big-endian integers', () => {
  it('takes the most significant byte first', () => {
    expect(readU8(BYTES, 8)).toBe(0xff);
    expect(readU16(BYTES, 0)).toBe(0x0123);
    expect(readU32(BYTES, 4)).toBe(0x89abcdef);
    expect(readU64BigInt(BYTES, 0)).toBe(0x0123456789abcdefn);
  });

  it('counts from the start of a view, not of its buffer', () => {
    expect(readU16(BYTES.subarray(2), 0)).toBe(0x4567);
    expect(() => readU16(BYTES.subarray(2, 3), 0)).toThrow(RangeError);
  });

  it('gives all ones as null, and what is above 2^53 as an unsafe number', () => {
    expect(readU64(new Uint8Array(8).fill(0xff), 0)).toBeNull();
    expect(readU64(Uint8Array.from([0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 0)).toBe(
      Number.MAX_SAFE_INTEGER,
    );
    expect(Number.isSafeInteger(readU64(Uint8Array.from([0, 0x20, 0, 0, 0, 0, 0, 0]), 0))).toBe(false);
    const almostAllOnes = new Uint8Array(8).fill(0xff);
    almostAllOnes[7] = 0xfe;
    expect(readU64(almostAllOnes, 0)).toBe(2 ** 64);
  });

  it('throws where a field is not wholly inside', () => {
    for (const offset of [-1, 6, 9, 0.5, Number.NaN])
      expect(() => readU32(BYTES, offset)).toThrow(RangeError);
    expect(() => readU8(BYTES, 9)).toThrow(RangeError);
    expect(() => readU64(BYTES, 2)).toThrow(RangeError);
  });
});

describe('writing big-endian integers', () => {
  it('is undone by reading, and touches no other byte', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 0xff }),
        fc.nat({ max: 0xffff }),
        fc.nat({ max: 0xffff_ffff }),
        fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_fffen }),
        fc.maxSafeNat(),
        (u8, u16, u32, u64, safe) => {
          const bytes = new Uint8Array(27).fill(0xa5);
          writeU8(bytes, 1, u8);
          writeU16(bytes, 2, u16);
          writeU32(bytes, 4, u32);
          writeU64(bytes, 8, u64);
          writeU64(bytes, 16, safe);
          expect([readU8(bytes, 1), readU16(bytes, 2), readU32(bytes, 4)]).toEqual([u8, u16, u32]);
          expect(readU64BigInt(bytes, 8)).toBe(u64);
          expect(readU64(bytes, 16)).toBe(safe);
          expect([bytes[0], bytes[24], bytes[26]]).toEqual([0xa5, 0xa5, 0xa5]);
        },
      ),
    );
  });

  it('writes null as all ones', () => {
    const bytes = new Uint8Array(8);
    writeU64(bytes, 0, null);
    expect([...bytes]).toEqual(new Array(8).fill(0xff));
  });

  it('throws for what does not fit its field', () => {
    const bytes = new Uint8Array(8);
    expect(() => writeU8(bytes, 0, 256)).toThrow(RangeError);
    expect(() => writeU16(bytes, 0, -1)).toThrow(RangeError);
    expect(() => writeU32(bytes, 0, 2 ** 32)).toThrow(RangeError);
    expect(() => writeU32(bytes, 0, 1.5)).toThrow(RangeError);
    expect(() => writeU64(bytes, 0, 2 ** 53)).toThrow(RangeError);
    expect(() => writeU64(bytes, 0, 1n << 64n)).toThrow(RangeError);
    expect(() => writeU64(bytes, 0, -1n)).toThrow(RangeError);
    expect(() => writeU64(bytes, 1, 0)).toThrow(RangeError);
    expect([...bytes]).toEqual(new Array(8).fill(0));
  });
});
