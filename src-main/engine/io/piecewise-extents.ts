import type { FileExtent, RandomAccessFile } from './random-access-file';

/** Asked for at once: of a file in which data and holes change by turns this is a quarter of a million extents. */
const PIECE_BYTES = 1024 * 1024 * 1024;

/** Data and holes of `[offset, offset + length)` as `extents` gives them, of long stretches a piece at a time. */
export async function* piecewiseExtents(
  file: RandomAccessFile,
  offset: number,
  length: number,
): AsyncGenerator<FileExtent> {
  for (let at = 0; at < length; at += PIECE_BYTES)
    yield* await file.extents(offset + at, Math.min(PIECE_BYTES, length - at));
}
