/** A stock of zeros, for comparing and writing. Never written to. */
export const ZEROS = Buffer.alloc(1024 * 1024);

/** Writes zeros over `[start, end)` with `write`, in pieces of at most 1 MiB. */
export async function writeZeros(
  start: number,
  end: number,
  write: (zeros: Uint8Array, offset: number) => Promise<void>,
): Promise<void> {
  for (let at = start; at < end; at += ZEROS.length)
    await write(ZEROS.subarray(0, Math.min(ZEROS.length, end - at)), at);
}
