import type { FindResult } from '../../../src-shared/ipc/contract';
import type { RandomAccessFile, VirtualDisk } from '../../engine';

/** Bytes compared in one call; what is known to be zero on both sides costs nothing and is not counted. */
const DIFFERENCE_STRETCH_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** How far ahead is asked at once what holds data. */
const WINDOW_BYTES = 1024 * 1024 * 1024;

/** One side: a file, or the disk that a guest sees. Behind its end there is nothing. */
interface Side {
  readonly sizeBytes: number;
  readonly readAt: (target: Uint8Array, offset: number) => Promise<unknown>;
  /** Where data may be in `[from, to)`, in order. */
  readonly dataIn: (from: number, to: number) => Promise<readonly Stretch[]>;
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

export async function fileSide(file: RandomAccessFile): Promise<Side> {
  return {
    sizeBytes: await file.size(),
    readAt: (target, offset) => file.readAt(target, offset),
    dataIn: async (from, to) =>
      (await file.extents(from, Math.max(0, to - from)))
        .filter(({ kind }) => kind === 'data')
        .map(({ offset, length }) => ({ start: offset, end: offset + length })),
  };
}

export function diskSide(disk: VirtualDisk): Side {
  return {
    sizeBytes: disk.sizeBytes,
    readAt: (target, offset) => disk.readAt(target, offset),
    dataIn: async (from, to) => {
      const end = Math.min(to, disk.sizeBytes);
      const found: Stretch[] = [];
      if (from >= end) return found;
      for await (const { offset, length, state } of disk.extents(from, end - from)) {
        if (state === 'data' || state === 'parent') found.push({ start: offset, end: offset + length });
      }
      return found;
    },
  };
}

export interface DifferenceRequest {
  /** Forwards: the first byte looked at. Backwards: the byte after the last one looked at. */
  readonly fromOffset: number;
  readonly backwards: boolean;
}

/**
 * The next byte that differs, or that only one side has; where a stretch of DIFFERENCE_STRETCH_BYTES was not enough,
 * `done` is false and the search goes on from `nextOffset`.
 * @throws AppError of kind `system`; `damaged-range` for a disk.
 */
export async function findDifference(a: Side, b: Side, request: DifferenceRequest): Promise<FindResult> {
  const common = Math.min(a.sizeBytes, b.sizeBytes);
  const end = Math.max(a.sizeBytes, b.sizeBytes);
  const { backwards } = request;
  let position = Math.min(request.fromOffset, end);
  const found = (offset: number): FindResult => ({ foundOffset: offset, nextOffset: offset, done: false });
  // Where only one side has bytes, every one of them is a difference.
  if (backwards && position > common) return found(position - 1);
  let budget = DIFFERENCE_STRETCH_BYTES;
  while (backwards ? position > 0 : position < common) {
    const from = backwards ? Math.max(0, position - WINDOW_BYTES) : position;
    const to = backwards ? position : Math.min(common, position + WINDOW_BYTES);
    for (const piece of piecesOf([...(await a.dataIn(from, to)), ...(await b.dataIn(from, to))], backwards)) {
      if (budget <= 0)
        return { foundOffset: null, nextOffset: backwards ? piece.end : piece.start, done: false };
      const at = await differenceIn(a, b, piece, backwards);
      if (at !== null) return found(at);
      budget -= piece.end - piece.start;
    }
    position = backwards ? from : to;
  }
  if (!backwards && position < end) return found(position);
  return { foundOffset: null, nextOffset: position, done: true };
}

/** Merged, in the direction of the search, cut into chunks. */
function* piecesOf(stretches: readonly Stretch[], backwards: boolean): Generator<Stretch> {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...stretches].sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  if (backwards) merged.reverse();
  for (const { start, end } of merged) {
    if (backwards)
      for (let to = end; to > start; to -= CHUNK_BYTES)
        yield { start: Math.max(start, to - CHUNK_BYTES), end: to };
    else
      for (let at = start; at < end; at += CHUNK_BYTES)
        yield { start: at, end: Math.min(end, at + CHUNK_BYTES) };
  }
}

async function differenceIn(a: Side, b: Side, piece: Stretch, backwards: boolean): Promise<number | null> {
  const length = piece.end - piece.start;
  const [left, right] = [Buffer.alloc(length), Buffer.alloc(length)];
  await Promise.all([a.readAt(left, piece.start), b.readAt(right, piece.start)]);
  if (left.equals(right)) return null;
  const step = backwards ? -1 : 1;
  let at = backwards ? length - 1 : 0;
  while (left[at] === right[at]) at += step;
  return piece.start + at;
}
