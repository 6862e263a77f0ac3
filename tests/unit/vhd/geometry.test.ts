import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capacityBytes,
  capacitySectors,
  formatGeometry,
  geometryForSectors,
  geometryForSize,
  GIB_BYTES,
  isSameGeometry,
  MAX_GEOMETRY,
  MAX_GEOMETRY_SECTORS,
  MIB_BYTES,
  parseGeometry,
} from '../../../src-shared/vhd';

/** Sizes with the geometry that the specification's appendix gives them, worked out apart from the code. */
const VECTORS: readonly [label: string, sizeBytes: number, geometry: string][] = [
  ['nothing', 0, '0/4/17'],
  ['one sector', 512, '0/4/17'],
  ['3 MiB', 3 * MIB_BYTES, '90/4/17'],
  ['8 MiB', 8 * MIB_BYTES, '240/4/17'],
  ['40 MiB', 40 * MIB_BYTES, '963/5/17'],
  ['the last size with 17 sectors per track', 142_605_824, '1023/16/17'],
  ['the first size with 31 sectors per track', 142_606_336, '561/16/31'],
  ['the last size with 31 sectors per track', 260_046_336, '1023/16/31'],
  ['the first size with 63 sectors per track', 260_046_848, '503/16/63'],
  ['1 GiB', GIB_BYTES, '2080/16/63'],
  ['the last size with 63 sectors per track', 33_822_350_848, '65534/16/63'],
  ['the first size with 255 sectors per track', 33_822_351_360, '16191/16/255'],
  ['80 GiB', 80 * GIB_BYTES, '41120/16/255'],
  ['127 GiB', 127 * GIB_BYTES, '65278/16/255'],
  ['the first size with the largest geometry', 136_899_993_600, '65535/16/255'],
  ['2040 GiB', 2040 * GIB_BYTES, '65535/16/255'],
];

describe('geometryForSize', () => {
  it.each(VECTORS)('gives %s (%d bytes) the geometry %s', (_label, sizeBytes, geometry) => {
    expect(formatGeometry(geometryForSize(sizeBytes))).toBe(geometry);
  });

  it('addresses 8,355,840 of 8 MiB and 41,909,760 of 40 MiB', () => {
    expect(capacityBytes(geometryForSize(8 * MIB_BYTES))).toBe(8_355_840);
    expect(capacityBytes(geometryForSize(40 * MIB_BYTES))).toBe(41_909_760);
  });

  it('takes 31 sectors per track for one track where the tracks are exactly 1,024 times the heads', () => {
    expect(formatGeometry(geometryForSectors(4096 * 17 - 1))).toBe('1023/4/17');
    expect(formatGeometry(geometryForSectors(4096 * 17))).toBe('140/16/31');
    expect(formatGeometry(geometryForSectors(4097 * 17))).toBe('819/5/17');
  });

  it('never addresses more than the disk, nor a cylinder less, up to the largest geometry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_GEOMETRY_SECTORS }), (totalSectors) => {
        const geometry = geometryForSectors(totalSectors);
        const leftOut = totalSectors - capacitySectors(geometry);
        expect(leftOut).toBeGreaterThanOrEqual(0);
        expect(leftOut).toBeLessThan(geometry.heads * geometry.sectorsPerTrack);
        expect(geometry.cylinders).toBeLessThanOrEqual(65535);
      }),
    );
  });

  it('stays at the largest geometry however large the disk is', () => {
    for (const sizeBytes of [2 ** 45, 2 ** 64, Number.MAX_VALUE]) {
      expect(geometryForSize(sizeBytes)).toEqual(MAX_GEOMETRY);
    }
  });

  it('rejects what is no size', () => {
    expect(() => geometryForSize(-1)).toThrow(RangeError);
    expect(() => geometryForSize(Number.NaN)).toThrow(RangeError);
  });
});

describe('parseGeometry', () => {
  it('reads back what formatGeometry writes', () => {
    fc.assert(
      fc.property(
        fc.record({
          cylinders: fc.integer({ min: 0, max: 65535 }),
          heads: fc.integer({ min: 0, max: 255 }),
          sectorsPerTrack: fc.integer({ min: 0, max: 255 }),
        }),
        (geometry) => {
          const parsed = parseGeometry(formatGeometry(geometry));
          expect(parsed !== null && isSameGeometry(parsed, geometry)).toBe(true);
        },
      ),
    );
  });

  it.each(['', '963', '963/5', '65536/16/63', '1/256/63', '1/16/256', '-1/16/63', '1/16/63/2', 'a/b/c'])(
    'refuses %j',
    (text) => {
      expect(parseGeometry(text)).toBeNull();
    },
  );
});
