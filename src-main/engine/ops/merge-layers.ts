import type { OperationContext, VirtualDisk, WritableDisk } from '../disk/virtual-disk';
import { PhaseProgress } from './operation';

/** Written at once at most; the writer flushes a few times for each write that makes new blocks. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** What the members above an ancestor hold: guest offsets and lengths by turns, in order, neighbours as one. */
export interface MergedRuns {
  readonly pairs: readonly number[];
  readonly totalBytes: number;
}

/**
 * Lists what the members above `ancestorDepth` hold, as seen from the top: every sector whose bit is set, zeros too.
 * Held in memory, so that nothing of the ancestor is read any more once it is open for writing.
 */
export async function runsAbove(disk: VirtualDisk, ancestorDepth: number): Promise<MergedRuns> {
  const pairs: number[] = [];
  let start = 0;
  let end = 0;
  let totalBytes = 0;
  const close = (): void => {
    if (end > start) pairs.push(start, end - start);
    totalBytes += end - start;
  };
  for await (const { offset, length, state, depth } of disk.extents(0, disk.sizeBytes)) {
    if (depth >= ancestorDepth || (state !== 'data' && state !== 'parent')) continue;
    if (offset !== end) {
      close();
      start = offset;
    }
    end = offset + length;
  }
  close();
  return { pairs, totalBytes };
}

/** Writes the listed runs of `disk` into `target`. */
export async function mergeLayers(
  disk: VirtualDisk,
  { pairs, totalBytes }: MergedRuns,
  target: WritableDisk,
  context: OperationContext,
): Promise<void> {
  const progress = new PhaseProgress(context, 'merge', totalBytes);
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let index = 0; index < pairs.length; index += 2) {
    const end = (pairs[index] ?? 0) + (pairs[index + 1] ?? 0);
    for (let position = pairs[index] ?? 0; position < end;) {
      // pieces end at their multiples, so that a block is not begun in one and ended in the next without need
      const bytes = Math.min(end - position, PIECE_BYTES - (position % PIECE_BYTES));
      const piece = buffer.subarray(0, bytes);
      await disk.readAt(piece, position);
      await target.writeAt(piece, position);
      const range = { offset: position, length: bytes };
      progress.advance(bytes, range, range);
      position += bytes;
    }
  }
}
