import { AppError } from '../../../src-shared/errors';
import type { VirtualDisk } from '../disk/virtual-disk';

/** `[offset, offset + length)` of the guest's bytes; null where the disk ends before or the range cannot be read. */
export async function readGuest(disk: VirtualDisk, offset: number, length: number): Promise<Buffer | null> {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > disk.sizeBytes) return null;
  const bytes = Buffer.alloc(length);
  try {
    await disk.readAt(bytes, offset);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'refused') return null;
    throw error;
  }
  return bytes;
}
