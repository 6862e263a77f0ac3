import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FOOTER_CHECKSUM_OFFSET,
  formatChecksum,
  onesComplementChecksum,
  writeU32,
} from '../../../src-shared/vhd';

describe('onesComplementChecksum', () => {
  it('is all ones for zeros, and all ones less the sum for others', () => {
    expect(onesComplementChecksum(new Uint8Array(512), 64)).toBe(0xffff_ffff);
    expect(onesComplementChecksum(new Uint8Array(1024).fill(0xff), 36)).toBe(0xffff_ffff - 1020 * 255);
  });

  it('does not depend on what its own field holds, and sees every other byte', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 512, maxLength: 512 }),
        fc.nat({ max: 0xffff_ffff }),
        fc.nat({ max: 511 }),
        (bytes, stored, index) => {
          const before = onesComplementChecksum(bytes, FOOTER_CHECKSUM_OFFSET);
          writeU32(bytes, FOOTER_CHECKSUM_OFFSET, stored);
          expect(onesComplementChecksum(bytes, FOOTER_CHECKSUM_OFFSET)).toBe(before);
          bytes[index] = ((bytes[index] ?? 0) + 1) & 0xff;
          const isOwn = index >= FOOTER_CHECKSUM_OFFSET && index < FOOTER_CHECKSUM_OFFSET + 4;
          expect(onesComplementChecksum(bytes, FOOTER_CHECKSUM_OFFSET) === before).toBe(isOwn);
        },
      ),
    );
  });

  it('is the same for a footer of 511 bytes', () => {
    const footer = Uint8Array.from({ length: 512 }, (_, index) => (index < 511 ? index & 0xff : 0));
    expect(onesComplementChecksum(footer.subarray(0, 511), 64)).toBe(onesComplementChecksum(footer, 64));
  });

  it('is written with eight digits', () => {
    expect(formatChecksum(0xffff_e6fb)).toBe('0xffffe6fb');
    expect(formatChecksum(0)).toBe('0x00000000');
  });
});
