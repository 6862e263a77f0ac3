import type { OperationContext, VirtualDisk } from '../disk';
import { requireGuestRange } from '../disk/range';
import { Breather, PhaseProgress } from './operation';

const CHUNK_BYTES = 2 * 1024 * 1024;

export interface ReadRange {
  /** First guest byte; 0 unless given. */
  readonly offset?: number | undefined;
  /** Guest bytes; up to the end of the disk unless given. */
  readonly length?: number | undefined;
}

/**
 * Guest bytes in order, in pieces; each piece is new, and the next is read while one is used.
 * @throws AppError `usage` outside the disk, `damaged-range`, `cancelled`, and of kind `system`.
 */
export async function* readGuest(
  disk: VirtualDisk,
  range: ReadRange = {},
  context: OperationContext = {},
): AsyncGenerator<Uint8Array> {
  const offset = range.offset ?? 0;
  const length = range.length ?? Math.max(0, disk.sizeBytes - offset);
  requireGuestRange(disk.sizeBytes, offset, length);
  const progress = new PhaseProgress(context, 'read', length);
  const breather = new Breather(context);
  const end = offset + length;
  const start = (position: number): Promise<Uint8Array> | null => {
    if (position >= end) return null;
    // pieces end on multiples of the chunk, so that a block is asked for once
    const stop = Math.min(end, (Math.floor(position / CHUNK_BYTES) + 1) * CHUNK_BYTES);
    const reading = readPiece(disk, position, stop - position);
    reading.catch(() => undefined);
    return reading;
  };
  let position = offset;
  let pending = start(position);
  try {
    while (pending) {
      const bytes: Uint8Array = await pending;
      const at = position;
      position += bytes.length;
      pending = start(position);
      yield bytes;
      progress.advance(bytes.length, { offset: at, length: bytes.length });
      await breather.breathe();
    }
  } finally {
    // nobody closes the disk under a read that is still going on
    await pending?.catch(() => undefined);
  }
}

async function readPiece(disk: VirtualDisk, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await disk.readAt(bytes, offset);
  return bytes;
}
