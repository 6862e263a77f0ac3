import { describe, expect, it } from 'vitest';
import { geometryForSize, MAX_GEOMETRY, MIB_BYTES, sizesByReader } from '../../../src-shared/vhd';

const CURRENT = 8 * MIB_BYTES;
const CHS = 8_355_840;

describe('sizesByReader', () => {
  it.each([
    ['vpc ', CHS, CHS],
    ['qemu', CHS, CHS],
    ['win ', CURRENT, CURRENT],
    ['qem2', CURRENT, CURRENT],
    ['CTXS', CURRENT, CURRENT],
    ['tap\0', CURRENT, CURRENT],
    ['d2v ', CURRENT, CURRENT],
    ['d2v\0', CHS, CURRENT],
    ['wa\0\0', CHS, CURRENT],
    ['vbox', CHS, CURRENT],
    ['vs  ', CHS, CURRENT],
    ['xo  ', CHS, CURRENT],
    ['\0\0\0\0', CHS, CURRENT],
    ['WIN ', CHS, CURRENT],
    ['win\0', CHS, CURRENT],
  ])(
    'for the creator %j: %d up to QEMU 9, %d from QEMU 10 on',
    (creatorApplication, qemuUpTo9, qemuFrom10) => {
      const geometry = geometryForSize(CURRENT);
      expect(sizesByReader({ creatorApplication, currentSizeBytes: CURRENT, geometry })).toEqual({
        currentSize: CURRENT,
        chs: CHS,
        qemuUpTo9,
        qemuFrom10,
      });
    },
  );

  it('is the current size for every QEMU with the largest geometry, whoever made it', () => {
    for (const creatorApplication of ['vpc ', 'qemu', 'vbox', 'd2v\0']) {
      const sizes = sizesByReader({ creatorApplication, currentSizeBytes: CURRENT, geometry: MAX_GEOMETRY });
      expect([sizes.qemuUpTo9, sizes.qemuFrom10]).toEqual([CURRENT, CURRENT]);
    }
  });

  it('is zero by CHS where the geometry is empty', () => {
    const geometry = { cylinders: 0, heads: 0, sectorsPerTrack: 0 };
    const sizes = sizesByReader({ creatorApplication: 'vbox', currentSizeBytes: CURRENT, geometry });
    expect(sizes).toEqual({ currentSize: CURRENT, chs: 0, qemuUpTo9: 0, qemuFrom10: CURRENT });
  });

  it('loses a last partial sector in QEMU only', () => {
    const geometry = geometryForSize(10_000_000);
    const sizes = sizesByReader({ creatorApplication: 'win ', currentSizeBytes: 10_000_000, geometry });
    expect(sizes).toEqual({
      currentSize: 10_000_000,
      chs: 9_992_192,
      qemuUpTo9: 9_999_872,
      qemuFrom10: 9_999_872,
    });
  });
});
