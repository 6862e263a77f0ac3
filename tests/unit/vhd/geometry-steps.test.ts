import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCount,
  geometryForSize,
  geometrySteps,
  GIB_BYTES,
  MAX_GEOMETRY_SECTORS,
  MIB_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd';

describe('geometrySteps', () => {
  it('works 40 MiB out as the specification does', () => {
    expect(geometrySteps(40 * MIB_BYTES).map((step) => [step.computation, step.result])).toEqual([
      ['41,943,040 / 512', '81,920 sectors'],
      ['81,920 > 267,382,800? no', 'go on unchanged'],
      ['81,920 >= 66,059,280? no', 'try 17 sectors per track first'],
      ['81,920 / 17', '4,818 tracks'],
      ['(4,818 + 1,023) / 1,024 = 5', '5 heads'],
      ['4,818 >= 5 * 1,024? no', 'keep 17 sectors per track'],
      ['4,818 / 5', '963 cylinders, 5 heads, 17 sectors per track'],
      ['963 * 5 * 17 * 512 = 41,909,760', '33,280 bytes at the end are left out'],
    ]);
  });

  it('shows both tries with more sectors per track for 1 GiB', () => {
    const results = geometrySteps(GIB_BYTES).map((step) => step.result);
    expect(results).toContain('31 sectors per track, 16 heads');
    expect(results).toContain('63 sectors per track, 16 heads');
    expect(results).toContain('2,080 cylinders, 16 heads, 63 sectors per track');
  });

  it('says when the disk is larger than any geometry and when the geometry is exact', () => {
    expect(geometrySteps(200 * GIB_BYTES)[1]?.result).toBe('go on with 267,382,800 sectors');
    expect(geometrySteps(1008 * MIB_BYTES).at(-1)?.result).toBe('exactly the disk');
  });

  it('ends at the geometry that geometryForSize gives, whatever the size', () => {
    const sectors = fc.oneof(
      fc.integer({ min: 0, max: 600_000 }),
      fc.integer({ min: 0, max: MAX_GEOMETRY_SECTORS * 2 }),
    );
    fc.assert(
      fc.property(sectors, fc.integer({ min: 0, max: 511 }), (totalSectors, rest) => {
        const sizeBytes = totalSectors * SECTOR_SIZE_BYTES + rest;
        const { cylinders, heads, sectorsPerTrack } = geometryForSize(sizeBytes);
        expect(geometrySteps(sizeBytes).at(-2)?.result).toBe(
          `${formatCount(cylinders)} cylinders, ${heads} heads, ${sectorsPerTrack} sectors per track`,
        );
      }),
    );
  });
});
