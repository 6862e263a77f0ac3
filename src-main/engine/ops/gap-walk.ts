import { isAllZero } from '../disk';
import { readInto } from '../disk/gather';
import type { OperationContext } from '../disk/virtual-disk';
import { piecewiseExtents, type RandomAccessFile } from '../io';
import type { MovableFile } from './move-ranges';
import { throwIfCancelled } from './operation';

/** Bytes that are looked at, and zeroed, at once. */
const PIECE_BYTES = 1024 * 1024;
/** What is saved in the journal under one flush. */
const BATCH_BYTES = 64 * 1024 * 1024;
const BATCH_RANGES = 16_384;

/** A stretch of the file, `[start, end)` in bytes. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Goes through a file from its start on, past what lies in it, and tells what lies between. */
export class GapWalk {
  readonly #areas: readonly Stretch[];
  #next = 0;
  #position = 0;

  /** @param areas what lies there besides what the walk is told of, in any order. */
  constructor(areas: readonly Stretch[]) {
    this.#areas = [...areas].sort((a, b) => a.start - b.start);
  }

  /** Everything in front of this has been told of. */
  get position(): number {
    return this.#position;
  }

  /** What lies free in front of `start`, as far as that is not told yet. */
  *upTo(start: number): Generator<Stretch> {
    for (let area = this.#areas[this.#next]; area && area.start < start; area = this.#areas[this.#next]) {
      this.#next += 1;
      if (area.start > this.#position) yield { start: this.#position, end: area.start };
      this.pass(area.end);
    }
    if (start > this.#position) yield { start: this.#position, end: start };
    this.pass(start);
  }

  /** What lies in front of `end` is not free. */
  pass(end: number): void {
    this.#position = Math.max(this.#position, end);
  }
}

/** What two rows of stretches have in common; each row in ascending order, of its starts and of its ends. */
export function* commonStretches(a: Iterable<Stretch>, b: Iterable<Stretch>): Generator<Stretch> {
  const others = b[Symbol.iterator]();
  let other = others.next();
  for (const one of a) {
    // what begins behind this one may still reach into the next
    while (!other.done && other.value.start < one.end) {
      const start = Math.max(one.start, other.value.start);
      const end = Math.min(one.end, other.value.end);
      if (end > start) yield { start, end };
      if (other.value.end > one.end) break;
      other = others.next();
    }
  }
}

/**
 * Zeros what is not zero in stretches that hold nothing any more: what was left behind there would be taken for a block
 * that the BAT has lost. A journal keeps the bytes that go.
 */
export async function zeroStretches(
  file: MovableFile,
  stretches: Iterable<Stretch>,
  context: OperationContext,
): Promise<void> {
  const sizeBytes = await file.size();
  const buffer = new Uint8Array(PIECE_BYTES);
  let batch: Stretch[] = [];
  let batchBytes = 0;
  const runBatch = async (): Promise<void> => {
    await file.protect?.(batch);
    for (const { start, end } of batch) await file.zeroRange(start, end - start);
    batch = [];
    batchBytes = 0;
  };
  for (const stretch of stretches) {
    throwIfCancelled(context);
    const end = Math.min(stretch.end, sizeBytes);
    for await (const part of dataParts(file, stretch.start, end)) {
      const piece = buffer.subarray(0, part.end - part.start);
      await readInto(file, part.start, piece);
      if (isAllZero(piece)) continue;
      batch.push(part);
      batchBytes += piece.length;
      if (batchBytes >= BATCH_BYTES || batch.length >= BATCH_RANGES) await runBatch();
    }
  }
  if (batch.length > 0) await runBatch();
}

/** Pieces that are no holes; where one piece is enough, the system is not asked. */
async function* dataParts(file: RandomAccessFile, start: number, end: number): AsyncGenerator<Stretch> {
  if (end - start <= PIECE_BYTES) {
    if (end > start) yield { start, end };
    return;
  }
  for await (const { offset, length, kind } of piecewiseExtents(file, start, end - start)) {
    if (kind === 'hole') continue;
    for (let at = offset; at < offset + length; at += PIECE_BYTES)
      yield { start: at, end: Math.min(at + PIECE_BYTES, offset + length) };
  }
}
