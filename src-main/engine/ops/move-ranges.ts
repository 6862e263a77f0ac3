import { createHash } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import { readExact, type RandomAccessFile } from '../io';
import type { JournaledFile } from '../repair';
import type { PhaseProgress } from './operation';

const CHUNK_BYTES = 4 * 1024 * 1024;
/** Moves whose targets are saved in the journal under one flush. */
const BATCH_BYTES = 64 * 1024 * 1024;

/** A stretch of the file and where it goes. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  /** What the disk shows there, where it is a block. */
  readonly guest?: GuestRange | undefined;
}

/** Moves that were made, with the hash of what each carried, for the proof afterwards. */
export type MadeMove = Move & { readonly hash: string };

/**
 * Moves stretches of an image about, in an order in which none overwrites what still has to be read: those that go
 * towards the start front to back, runs of those that go towards the end back to front. Sources lie in ascending
 * order, and so do their targets.
 */
export async function moveRanges(
  file: JournaledFile,
  moves: readonly Move[],
  progress: PhaseProgress,
): Promise<readonly MadeMove[]> {
  const made: MadeMove[] = [];
  let batch: Move[] = [];
  let batchBytes = 0;
  const runBatch = async (): Promise<void> => {
    await file.protect(batch.map(({ to, length }) => ({ start: to, end: to + length })));
    for (const move of batch) {
      made.push({ ...move, hash: await moveRange(file, move) });
      progress.advance(move.length, move.guest, move.guest);
    }
    batch = [];
    batchBytes = 0;
  };
  for (const move of inSafeOrder(moves.filter(({ from, to }) => from !== to))) {
    batch.push(move);
    batchBytes += move.length;
    if (batchBytes >= BATCH_BYTES) await runBatch();
  }
  await runBatch();
  return made;
}

/** @throws AppError `verify-failed` where a moved stretch is not what it was. */
export async function verifyMoves(
  file: RandomAccessFile,
  moves: readonly MadeMove[],
  progress: PhaseProgress,
): Promise<void> {
  for (const { to, length, hash, guest } of moves) {
    const found = createHash('sha256');
    for (let at = 0; at < length; at += CHUNK_BYTES) {
      found.update(await readExact(file, to + at, Math.min(CHUNK_BYTES, length - at)));
    }
    progress.advance(length, guest);
    if (found.digest('hex') === hash) continue;
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

function inSafeOrder(moves: readonly Move[]): Move[] {
  const ordered: Move[] = [];
  for (let at = 0; at < moves.length;) {
    const isForward = (move: Move | undefined): boolean => move !== undefined && move.to > move.from;
    let end = at + 1;
    while (end < moves.length && isForward(moves[end]) === isForward(moves[at])) end += 1;
    const run = moves.slice(at, end);
    ordered.push(...(isForward(moves[at]) ? run.reverse() : run));
    at = end;
  }
  return ordered;
}

/** Chunk by chunk, from the end where the stretch moves over itself towards the end of the file. */
async function moveRange(file: RandomAccessFile, { from, to, length }: Move): Promise<string> {
  const chunks: { readonly at: number; readonly bytes: number }[] = [];
  for (let at = 0; at < length; at += CHUNK_BYTES)
    chunks.push({ at, bytes: Math.min(CHUNK_BYTES, length - at) });
  const hash = createHash('sha256');
  // The hash goes front to back; only a stretch that overlaps its own target needs the other direction.
  const overlapsForward = to > from && to < from + length;
  if (!overlapsForward || chunks.length === 1) {
    for (const { at, bytes } of chunks) {
      const data = await readExact(file, from + at, bytes);
      hash.update(data);
      await file.writeAt(data, to + at);
    }
    return hash.digest('hex');
  }
  for (const { at, bytes } of chunks) hash.update(await readExact(file, from + at, bytes));
  for (const { at, bytes } of chunks.reverse())
    await file.writeAt(await readExact(file, from + at, bytes), to + at);
  return hash.digest('hex');
}
