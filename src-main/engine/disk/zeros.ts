/** A stock of zeros, for comparing and writing. Never written to. */
export const ZEROS = Buffer.alloc(1024 * 1024);

/** Whether every byte is zero; at the speed of memory. */
export function isAllZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const piece = bytes.subarray(at, at + ZEROS.length);
    if (Buffer.compare(ZEROS.subarray(0, piece.length), piece) !== 0) return false;
  }
  return true;
}
