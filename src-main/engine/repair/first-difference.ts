import { readExact, type RandomAccessFile } from '../io';
import { chunksOf, type ByteRange } from './range-set';

/**
 * Reads ranges of two files and compares them.
 * @param onChunk how many bytes were alike since it was last called.
 * @returns the start of the first piece, of at most 1 MiB, in which they differ; null where all are alike.
 */
export async function firstDifference(
  one: RandomAccessFile,
  other: RandomAccessFile,
  ranges: readonly ByteRange[],
  onChunk?: (bytes: number) => void,
): Promise<number | null> {
  for (const { start, end } of chunksOf(ranges)) {
    const length = end - start;
    const wanted = await readExact(one, start, length);
    if (Buffer.compare(wanted, await readExact(other, start, length)) !== 0) return start;
    onChunk?.(length);
  }
  return null;
}
