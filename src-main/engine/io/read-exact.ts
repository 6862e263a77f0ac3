import { AppError } from '../../../src-shared/errors';
import type { RandomAccessFile } from './random-access-file';

/** `[offset, offset + length)` of the file. @throws AppError `damaged-range` where the file ends before. */
export async function readExact(file: RandomAccessFile, offset: number, length: number): Promise<Uint8Array> {
  const target = new Uint8Array(length);
  const count = await file.readAt(target, offset);
  if (count < length) {
    throw new AppError(
      'damaged-range',
      `"${file.path}" ends at byte ${offset + count}, inside something that needs ${length} bytes at ${offset}.`,
      { context: { path: file.path, offset } },
    );
  }
  return target;
}

/** As much of `[offset, offset + length)` as the file has, possibly nothing. Negative offsets give nothing. */
export async function readUpTo(file: RandomAccessFile, offset: number, length: number): Promise<Uint8Array> {
  if (offset < 0 || !Number.isSafeInteger(offset)) return new Uint8Array(0);
  const target = new Uint8Array(length);
  const count = await file.readAt(target, offset);
  return target.subarray(0, count);
}
