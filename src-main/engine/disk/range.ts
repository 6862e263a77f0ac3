import { AppError } from '../../../src-shared/errors';

/** @throws AppError `usage` unless `[offset, offset + length)` lies inside a disk of `sizeBytes`. */
export function requireGuestRange(sizeBytes: number, offset: number, length: number): void {
  const inside =
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= sizeBytes;
  if (inside) return;
  throw new AppError(
    'usage',
    `Bytes ${offset} to ${offset + length} are not inside the disk, which has ${sizeBytes} bytes.`,
  );
}
