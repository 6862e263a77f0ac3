import { isAllZero } from '../disk/zeros';

/** Granularity at which zeros are looked for: small enough to find them, large enough that each comparison is one memcmp. */
const ZERO_GRAIN_BYTES = 64 * 1024;

/** A stretch of bytes in a piece, `[start, end)`. */
export interface ByteRun {
  readonly start: number;
  readonly end: number;
}

/** The stretches that hold anything but zeros, cut at the grain, neighbours merged. */
export function dataRuns(bytes: Uint8Array): ByteRun[] {
  const runs: ByteRun[] = [];
  let start = -1;
  for (let at = 0; at < bytes.length; at += ZERO_GRAIN_BYTES) {
    const isData = !isAllZero(bytes.subarray(at, at + ZERO_GRAIN_BYTES));
    if (isData && start < 0) start = at;
    if (!isData && start >= 0) {
      runs.push({ start, end: at });
      start = -1;
    }
  }
  if (start >= 0) runs.push({ start, end: bytes.length });
  return runs;
}
