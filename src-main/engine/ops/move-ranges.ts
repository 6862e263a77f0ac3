import { createHash } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import { readInto } from '../disk/gather';
import type { RandomAccessFile } from '../io';
import type { JournaledFile } from '../repair';
import type { ByteRange } from '../repair/range-set';
import type { PhaseProgress } from './operation';

const CHUNK_BYTES = 4 * 1024 * 1024;
/** Moves whose targets are saved in the journal under one flush. */
export const MOVE_BATCH_BYTES = 64 * 1024 * 1024;

/** An image under its journal, or a new file that nobody has seen. */
export type MovableFile = RandomAccessFile & Partial<Pick<JournaledFile, 'protect'>>;

/** A stretch of the file and where it goes. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  /** What the disk shows there, where it is a block. */
  readonly guest?: GuestRange | undefined;
}

/** Moves by number, each made when it is asked for: an image can have millions of blocks. */
export interface MoveList {
  readonly count: number;
  at(index: number): Move;
}

/** Moves that were made, with the hash of what each carried, for the proof afterwards. */
export type MadeMove = Move & { readonly hash: string };

/** Moves a few stretches as `moveInOrder` does, and keeps what is needed to prove them. */
export async function moveRanges(
  file: MovableFile,
  moves: readonly Move[],
  progress: PhaseProgress,
): Promise<readonly MadeMove[]> {
  const made: MadeMove[] = [];
  const at = (index: number): Move => moves[index] ?? { from: 0, to: 0, length: 0 };
  await moveInOrder(file, { count: moves.length, at }, progress, (move) => made.push(move));
  return made;
}

/**
 * Moves stretches of an image about, in an order in which none overwrites what still has to be read: those that go
 * towards the start front to back, runs of those that go towards the end back to front. Sources lie in ascending
 * order, and so do their targets. Hashes only where `onMade` wants them.
 */
export async function moveInOrder(
  file: MovableFile,
  moves: MoveList,
  progress: PhaseProgress,
  onMade?: (made: MadeMove) => void,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let batch: Move[] = [];
  let batchBytes = 0;
  const runBatch = async (): Promise<void> => {
    await file.protect?.(joinTargets(batch));
    for (const move of batch) {
      if (onMade) onMade({ ...move, hash: await hashRange(file, move.from, move.length, buffer) });
      await moveRange(file, move, buffer);
      progress.advance(move.length, move.guest, move.guest);
    }
    batch = [];
    batchBytes = 0;
  };
  for (const move of inSafeOrder(moves)) {
    batch.push(move);
    batchBytes += move.length;
    if (batchBytes >= MOVE_BATCH_BYTES) await runBatch();
  }
  await runBatch();
}

/** Where moves go, those side by side as one: a journal has a record for each range, and small blocks are many. */
function joinTargets(moves: readonly Move[]): readonly ByteRange[] {
  const joined: { start: number; end: number }[] = [];
  for (const { to, length } of moves) {
    const last = joined[joined.length - 1];
    if (last?.end === to) last.end = to + length;
    // moves towards the end are made back to front
    else if (last?.start === to + length) last.start = to;
    else joined.push({ start: to, end: to + length });
  }
  return joined;
}

/** @throws AppError `verify-failed` where a moved stretch is not what it was. */
export async function verifyMoves(
  file: RandomAccessFile,
  moves: readonly MadeMove[],
  progress: PhaseProgress,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (const { to, length, hash, guest } of moves) {
    const found = await hashRange(file, to, length, buffer);
    progress.advance(length, guest);
    if (found === hash) continue;
    throw new AppError(
      'verify-failed',
      `What was moved to byte ${to} of "${file.path}" is not what it was.`,
      {
        context: { path: file.path, offset: to },
        unchanged: 'Everything was put back.',
      },
    );
  }
}

/** Runs that go one way, those towards the end backwards. What stays where it is parts two runs and harms neither. */
function* inSafeOrder(moves: MoveList): Generator<Move> {
  const isForward = (index: number): boolean => {
    const { from, to } = moves.at(index);
    return to > from;
  };
  for (let start = 0; start < moves.count;) {
    const forward = isForward(start);
    let end = start + 1;
    while (end < moves.count && isForward(end) === forward) end += 1;
    for (let step = 0; step < end - start; step += 1) {
      const move = moves.at(forward ? end - 1 - step : start + step);
      if (move.from !== move.to) yield move;
    }
    start = end;
  }
}

async function hashRange(
  file: RandomAccessFile,
  offset: number,
  length: number,
  buffer: Uint8Array,
): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < length; at += CHUNK_BYTES) {
    const piece = buffer.subarray(0, Math.min(CHUNK_BYTES, length - at));
    await readInto(file, offset + at, piece);
    hash.update(piece);
  }
  return hash.digest('hex');
}

/** Chunk by chunk, from the end where the stretch moves over itself towards the end of the file. */
async function moveRange(
  file: RandomAccessFile,
  { from, to, length }: Move,
  buffer: Uint8Array,
): Promise<void> {
  const chunks: { readonly at: number; readonly bytes: number }[] = [];
  for (let at = 0; at < length; at += CHUNK_BYTES)
    chunks.push({ at, bytes: Math.min(CHUNK_BYTES, length - at) });
  const overlapsForward = to > from && to < from + length;
  for (const { at, bytes } of overlapsForward ? chunks.reverse() : chunks) {
    const piece = buffer.subarray(0, bytes);
    await readInto(file, from + at, piece);
    await file.writeAt(piece, to + at);
  }
}
