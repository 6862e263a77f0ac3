import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  azureSizeProblem,
  azureUploadBytes,
  GIB_BYTES,
  isAzureOsDiskSize,
  MIB_BYTES,
  nextAzureSize,
  TIB_BYTES,
} from '../../../src-shared/vhd';

describe('sizes for Azure', () => {
  it.each([
    [20 * MIB_BYTES, null],
    [32 * TIB_BYTES, null],
    [40 * MIB_BYTES + 512, { code: 'AZURE_NOT_WHOLE_MIB', nextSizeBytes: 41 * MIB_BYTES }],
    [41_953_280, { code: 'AZURE_NOT_WHOLE_MIB', nextSizeBytes: 41 * MIB_BYTES }],
    [0, { code: 'AZURE_TOO_SMALL', nextSizeBytes: 20 * MIB_BYTES }],
    [20 * MIB_BYTES - 512, { code: 'AZURE_TOO_SMALL', nextSizeBytes: 20 * MIB_BYTES }],
    [32 * TIB_BYTES + MIB_BYTES, { code: 'AZURE_TOO_LARGE', nextSizeBytes: null }],
  ])('%d bytes: %j', (sizeBytes, problem) => {
    if (problem === null) expect(azureSizeProblem(sizeBytes)).toBeNull();
    else expect(azureSizeProblem(sizeBytes)).toMatchObject(problem);
  });

  it('are reached by the next one, a MiB away at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20 * MIB_BYTES, max: 32 * TIB_BYTES }), (sizeBytes) => {
        const next = nextAzureSize(sizeBytes) ?? Number.NaN;
        expect(azureSizeProblem(next)).toBeNull();
        expect(next - sizeBytes).toBeGreaterThanOrEqual(0);
        expect(next - sizeBytes).toBeLessThan(MIB_BYTES);
      }),
    );
  });

  it('are limited to 2040 GiB for a system disk, and uploaded with their footer', () => {
    expect(isAzureOsDiskSize(2040 * GIB_BYTES)).toBe(true);
    expect(isAzureOsDiskSize(2041 * GIB_BYTES)).toBe(false);
    expect(isAzureOsDiskSize(40 * MIB_BYTES + 512)).toBe(false);
    expect(azureUploadBytes(32 * TIB_BYTES)).toBe(35_184_372_089_344);
  });
});
