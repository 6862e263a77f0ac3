import { readInto } from '../disk/gather';
import type { RandomAccessFile } from '../io';
import { CHUNK_BYTES, chunksOf, type ByteRange } from './range-set';

/**
 * Reads ranges of two files and compares them.
 * @param onChunk how many bytes were alike since it was last called.
 * @returns the start of the first piece, of at most 1 MiB, in which they differ; null where all are alike.
 */
export async function firstDifference(
  one: RandomAccessFile,
  other: RandomAccessFile,
  ranges: Iterable<ByteRange>,
  onChunk?: (bytes: number) => void,
): Promise<number | null> {
  let rooms: readonly [Uint8Array, Uint8Array] | null = null;
  for (const { start, end } of chunksOf(ranges)) {
    const length = end - start;
    rooms ??= [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
    const wanted = rooms[0].subarray(0, length);
    const found = rooms[1].subarray(0, length);
    await readInto(one, start, wanted);
    await readInto(other, start, found);
    if (Buffer.compare(wanted, found) !== 0) return start;
    onChunk?.(length);
  }
  return null;
}
