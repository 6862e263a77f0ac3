import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capacityBytes,
  formatGeometry,
  geometryForSize,
  GIB_BYTES,
  isChsExact,
  MIB_BYTES,
  peerGeometries,
  qemuForceSizeGeometry,
  qemuGeometry,
  vatesGeometry,
  virtualBoxChildGeometry,
  virtualBoxGeometry,
  xenCreatedDisk,
  xenGeometry,
} from '../../../src-shared/vhd';

describe('what qemu-img makes of a size', () => {
  // Sizes and geometries of images that qemu-img 7.2 and 11.1 made.
  it.each([
    [0, 0, '0/0/0'],
    [512, 34_816, '1/4/17'],
    [MIB_BYTES, 1_079_296, '31/4/17'],
    [3 * MIB_BYTES, 3_168_256, '91/4/17'],
    [8 * MIB_BYTES, 8_390_656, '241/4/17'],
    [10 * MIB_BYTES, 10_514_432, '302/4/17'],
    [40 * MIB_BYTES, 41_953_280, '964/5/17'],
    [1008 * MIB_BYTES, 1008 * MIB_BYTES, '2048/16/63'],
    [127 * GIB_BYTES, 136_365_219_840, '65279/16/255'],
    [128 * GIB_BYTES, 128 * GIB_BYTES, '65535/16/255'],
    [2040 * GIB_BYTES, 2040 * GIB_BYTES, '65535/16/255'],
  ])('%d bytes become %d with %s', (sizeBytes, createdBytes, geometry) => {
    const disk = qemuGeometry(sizeBytes);
    expect(disk?.sizeBytes).toBe(createdBytes);
    expect(disk && formatGeometry(disk.geometry)).toBe(geometry);
  });

  it('is not always the geometry of the size that comes of it', () => {
    const disk = qemuGeometry(104_349 * 512);
    expect(disk && formatGeometry(disk.geometry)).toBe('877/7/17');
    expect(disk?.sizeBytes).toBe(104_363 * 512);
    expect(isChsExact(104_363 * 512)).toBe(false);
  });

  it('is refused above 2040 GiB', () => {
    expect(qemuGeometry(2040 * GIB_BYTES + 512)).toBeNull();
    expect(qemuForceSizeGeometry(2040 * GIB_BYTES + 512)).toBeNull();
    expect(peerGeometries(2041 * GIB_BYTES).map((peer) => peer.peer)).toEqual([
      'xen',
      'virtualBox',
      'virtualBoxChild',
      'vates',
    ]);
  });

  it('never loses a byte of the request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 * GIB_BYTES }), (sizeBytes) => {
        const disk = qemuGeometry(sizeBytes);
        expect(disk?.sizeBytes).toBeGreaterThanOrEqual(sizeBytes);
        expect(disk?.sizeBytes).toBeLessThan(sizeBytes + 8160 * 512);
      }),
      { numRuns: 50 },
    );
  });

  it('is the size to the next sector and the largest geometry with force_size', () => {
    const disk = qemuForceSizeGeometry(513);
    expect(disk?.sizeBytes).toBe(1024);
    expect(disk && formatGeometry(disk.geometry)).toBe('65535/16/255');
  });
});

describe('what others make of a size', () => {
  it('is rounded up to sectors by Xen, and to 2 MiB by vhd-util create', () => {
    const lastByteShort = 34_816 - 1;
    expect(formatGeometry(geometryForSize(lastByteShort))).toBe('0/4/17');
    expect(formatGeometry(xenGeometry(lastByteShort))).toBe('1/4/17');
    expect(xenCreatedDisk(5 * MIB_BYTES).sizeBytes).toBe(6 * MIB_BYTES);
    expect(formatGeometry(xenCreatedDisk(5 * MIB_BYTES).geometry)).toBe('180/4/17');
  });

  it('is the specification for VirtualBox, but 16 heads and 63 sectors for its children', () => {
    expect(formatGeometry(virtualBoxGeometry(40 * MIB_BYTES))).toBe('963/5/17');
    expect(formatGeometry(virtualBoxChildGeometry(9_440_768))).toBe('18/16/63');
    expect(formatGeometry(virtualBoxChildGeometry(100 * GIB_BYTES))).toBe('16383/16/63');
  });

  it('is a cylinder more than fits for Xen Orchestra', () => {
    expect(formatGeometry(vatesGeometry(40 * MIB_BYTES))).toBe('964/5/17');
    expect(formatGeometry(vatesGeometry(GIB_BYTES))).toBe('2081/16/63');
    expect(formatGeometry(vatesGeometry(9_440_768))).toBe('272/4/17');
    expect(capacityBytes(vatesGeometry(40 * MIB_BYTES))).toBeGreaterThan(40 * MIB_BYTES);
  });

  it('is told with its capacity for each program', () => {
    for (const peer of peerGeometries(40 * MIB_BYTES))
      expect(peer.capacityBytes).toBe(capacityBytes(peer.geometry));
    expect(peerGeometries(40 * MIB_BYTES).map((peer) => peer.sizeBytes)).toEqual([
      41_953_280, 41_943_040, 41_943_040, 41_943_040, 41_943_040, 41_943_040,
    ]);
  });
});
