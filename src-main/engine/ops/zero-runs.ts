/** Granularity at which zeros are looked for: small enough to find them, large enough that each comparison is one memcmp. */
export const ZERO_GRAIN_BYTES = 64 * 1024;

const ZEROS = Buffer.alloc(ZERO_GRAIN_BYTES);

/** Whether all bytes are zero, at memory speed: data is told by its first bytes, zeros by memcmp. */
export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += ZERO_GRAIN_BYTES) {
    const piece = bytes.subarray(at, at + ZERO_GRAIN_BYTES);
    if (piece[0] !== 0 || ZEROS.compare(piece, 0, piece.length, 0, piece.length) !== 0) return false;
  }
  return true;
}

/** A stretch of bytes in a piece, `[start, end)`. */
export interface ByteRun {
  readonly start: number;
  readonly end: number;
}

/** The stretches that hold anything but zeros, cut at `grainBytes`, neighbours merged. */
export function dataRuns(bytes: Uint8Array, grainBytes = ZERO_GRAIN_BYTES): ByteRun[] {
  const runs: ByteRun[] = [];
  let start = -1;
  for (let at = 0; at < bytes.length; at += grainBytes) {
    const isData = !isZero(bytes.subarray(at, at + grainBytes));
    if (isData && start < 0) start = at;
    if (!isData && start >= 0) {
      runs.push({ start, end: at });
      start = -1;
    }
  }
  if (start >= 0) runs.push({ start, end: bytes.length });
  return runs;
}
