import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applySizeRule,
  azureSizeProblem,
  isChsExact,
  isUniversalSize,
  MIB_BYTES,
  nextUniversalSize,
  previousUniversalSize,
  universalSizes,
} from '../../../src-shared/vhd';

describe('universal sizes', () => {
  it('are exactly the whole MiB that are CHS-exact, of all MiB up to the largest geometry', () => {
    const found: number[] = [];
    for (let mib = 1; mib <= 131_072; mib += 1) if (isChsExact(mib * MIB_BYTES)) found.push(mib * MIB_BYTES);
    expect(universalSizes()).toEqual(found);
    expect(found).toHaveLength(897);
    expect(found.slice(0, 6).map((bytes) => bytes / MIB_BYTES)).toEqual([17, 155, 186, 217, 252, 315]);
  });

  it('are taken by Azure, except the 17 MiB that are too small for it', () => {
    const refused = universalSizes().filter((bytes) => azureSizeProblem(bytes) !== null);
    expect(refused).toEqual([17 * MIB_BYTES]);
  });

  it('end at 130,305 MiB and start at 17 MiB', () => {
    expect(nextUniversalSize(0)).toBe(17 * MIB_BYTES);
    expect(nextUniversalSize(130_305 * MIB_BYTES)).toBe(130_305 * MIB_BYTES);
    expect(nextUniversalSize(130_305 * MIB_BYTES + 1)).toBeNull();
    expect(previousUniversalSize(17 * MIB_BYTES - 1)).toBeNull();
    expect(previousUniversalSize(Number.MAX_SAFE_INTEGER)).toBe(130_305 * MIB_BYTES);
  });

  it('are found above and below any size as the list has them', () => {
    const all = universalSizes();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 131_072 * MIB_BYTES }), (sizeBytes) => {
        expect(nextUniversalSize(sizeBytes)).toBe(all.find((size) => size >= sizeBytes) ?? null);
        expect(previousUniversalSize(sizeBytes)).toBe(all.filter((size) => size <= sizeBytes).at(-1) ?? null);
      }),
    );
    for (const size of all) {
      expect(isUniversalSize(size)).toBe(true);
      expect([nextUniversalSize(size), previousUniversalSize(size)]).toEqual([size, size]);
    }
  });
});

describe('applySizeRule', () => {
  it.each([
    ['exact', 41_943_040, 41_943_040],
    // 964 cylinders of 5 heads and 17 sectors.
    ['chs', 41_943_040, 964 * 5 * 17 * 512],
    ['mib', 41_943_041, 42_991_616],
    ['mib', 41_943_040, 41_943_040],
    ['mib', 0, 1_048_576],
    ['universal', 1024 * MIB_BYTES, 1071 * MIB_BYTES],
    ['universal', 131_072 * MIB_BYTES, null],
    ['chs', 131_072 * MIB_BYTES, null],
  ] as const)('%s of %d bytes is %j', (rule, sizeBytes, expected) => {
    expect(applySizeRule(sizeBytes, rule)).toBe(expected);
  });
});
