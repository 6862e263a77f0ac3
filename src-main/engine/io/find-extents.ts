import { ExtentTiles } from './extent-tiles';
import type { FileExtent } from './random-access-file';

/** lseek(2) to data or to a hole: the position found, or minus errno. */
export type Seek = (offset: number, to: 'data' | 'hole') => number;
/** Answers a FILE_ALLOCATED_RANGE_BUFFER with such buffers; false where there are more, or where it failed. */
export type RangeQuery = (
  query: Uint8Array,
  answer: Uint8Array,
) => { readonly isComplete: boolean; readonly answerBytes: number };

/** errno of "no such position": nothing but a hole up to the file's end. */
const ENXIO = 6;
const RANGE_BYTES = 16;
const RANGES_PER_CALL = 4096;

/**
 * Data and holes of `[start, end)` by seeking. A hole is only what the system calls one in so many words: after any
 * other answer all the rest is data.
 * COMPAT(OpenZFS 2.1): SEEK_DATA answered 0 where it had to answer ENXIO (openzfs/zfs#12477).
 */
export function extentsBySeeking(seek: Seek, start: number, end: number): FileExtent[] {
  const tiles = new ExtentTiles(start);
  while (tiles.position < end) {
    const data = seek(tiles.position, 'data');
    if (data === -ENXIO) {
      tiles.add('hole', end);
      break;
    }
    if (data < tiles.position) {
      tiles.add('data', end);
      break;
    }
    tiles.add('hole', Math.min(data, end));
    if (data >= end) break;
    const hole = seek(data, 'hole');
    tiles.add('data', hole > data ? Math.min(hole, end) : end);
  }
  return tiles.extents;
}

/** Data and holes of `[start, end)` by Windows' allocated ranges; null where the answer is none, or not to be trusted. */
export function extentsByRanges(query: RangeQuery, start: number, end: number): FileExtent[] | null {
  const tiles = new ExtentTiles(start);
  const answer = new Uint8Array(RANGES_PER_CALL * RANGE_BYTES);
  while (tiles.position < end) {
    const { isComplete, answerBytes } = query(encodeRange(tiles.position, end - tiles.position), answer);
    const before = tiles.position;
    for (let at = 0; at + RANGE_BYTES <= answerBytes; at += RANGE_BYTES) {
      const view = new DataView(answer.buffer, at, RANGE_BYTES);
      const from = Number(view.getBigInt64(0, true));
      const to = from + Number(view.getBigInt64(8, true));
      if (!Number.isSafeInteger(to) || from < 0 || to <= tiles.position) return null;
      tiles.add('hole', Math.min(from, end));
      tiles.add('data', Math.min(to, end));
    }
    if (isComplete) tiles.add('hole', end);
    else if (tiles.position === before) return null;
  }
  return tiles.extents;
}

function encodeRange(offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(RANGE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(offset), true);
  view.setBigInt64(8, BigInt(length), true);
  return bytes;
}
