import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { SLOT_HEAD_BYTES, slotData, type ContentSink, type Slot } from './content-sink';
import { PhaseProgress } from './operation';

/** Buffers that are read into and written from at the same time. */
const SLOTS = 6;
/** Holes smaller than this are read along with the data around them. */
const GAP_BYTES_MAX = 64 * 1024;
/** Fresh bytes after which the target is flushed in the background. */
const FLUSH_EVERY_BYTES = 128 * 1024 * 1024;

/** A stretch of guest content that may hold data. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
}

/**
 * Copies what the disk holds into the sink: known zeros are skipped without reading, reads and writes overlap. Ends
 * only when nothing is under way any more, however it ends.
 * @throws AppError of source, sink, or `cancelled`.
 */
export async function copyContent(
  disk: VirtualDisk,
  sink: ContentSink,
  context: OperationContext,
  phase = 'copy',
): Promise<void> {
  const progress = new PhaseProgress(context, phase, disk.sizeBytes);
  const free: Slot[] = Array.from({ length: SLOTS }, () => ({
    buffer: new Uint8Array(SLOT_HEAD_BYTES + sink.pieceBytes),
    length: 0,
  }));
  const reading: { readonly piece: Piece; readonly slot: Slot; readonly done: Promise<void> }[] = [];
  const writing = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const flusher = new BackgroundFlush(sink);
  const pieces = dataPieces(disk, sink.pieceBytes)[Symbol.asyncIterator]();
  let isExhausted = false;
  let doneOffset = 0;
  try {
    for (;;) {
      while (!isExhausted && free.length > 0) {
        const next = await pieces.next();
        const slot = next.done ? undefined : free.pop();
        if (next.done || !slot) {
          isExhausted = true;
          break;
        }
        slot.length = next.value.length;
        const done = disk.readAt(slotData(slot), next.value.offset);
        done.catch(() => undefined);
        reading.push({ piece: next.value, slot, done });
      }
      const oldest = reading.shift();
      if (!oldest) break;
      const { piece, slot } = oldest;
      await oldest.done;
      const written = sink
        .accept(piece.offset, slot)
        .catch((error: unknown) => void failures.push(error))
        .then(() => {
          writing.delete(written);
          free.push(slot);
        });
      writing.add(written);
      flusher.wrote(piece.length);
      const end = piece.offset + piece.length;
      progress.advance(end - doneOffset, piece);
      doneOffset = end;
      if (free.length === 0 && reading.length === 0) await Promise.race(writing);
      if (failures.length > 0) throw failures[0];
    }
    await Promise.all(writing);
    if (failures.length > 0) throw failures[0];
    await flusher.settle();
    await sink.finish();
    progress.advance(disk.sizeBytes - doneOffset);
  } finally {
    await Promise.allSettled([...reading.map(({ done }) => done), ...writing, flusher.settle()]);
  }
}

/**
 * The stretches of a disk that may hold data, in order, none across a multiple of `pieceBytes`. Small holes between
 * data are included.
 */
export async function* dataPieces(disk: VirtualDisk, pieceBytes: number): AsyncGenerator<Piece> {
  let start = 0;
  let end = 0;
  for await (const { offset, length, state } of disk.extents(0, disk.sizeBytes)) {
    if (state === 'zero' || state === 'unallocated') continue;
    if (end > start && offset - end > GAP_BYTES_MAX) {
      yield* cut(start, end, pieceBytes);
      start = offset;
    } else if (end === start) start = offset;
    end = offset + length;
    const whole = Math.floor(end / pieceBytes) * pieceBytes;
    if (whole > start) {
      yield* cut(start, whole, pieceBytes);
      start = whole;
    }
  }
  yield* cut(start, end, pieceBytes);
}

function* cut(start: number, end: number, pieceBytes: number): Generator<Piece> {
  for (let offset = start; offset < end;) {
    const stop = Math.min(end, (Math.floor(offset / pieceBytes) + 1) * pieceBytes);
    yield { offset, length: stop - offset };
    offset = stop;
  }
}

/** Flushes now and then while the copy goes on, one flush at a time, so that the last one has little left to do. */
class BackgroundFlush {
  readonly #sink: ContentSink;
  #freshBytes = 0;
  #running: Promise<void> | null = null;
  #failure: unknown = null;

  constructor(sink: ContentSink) {
    this.#sink = sink;
  }

  wrote(bytes: number): void {
    this.#freshBytes += bytes;
    if (this.#freshBytes < FLUSH_EVERY_BYTES || this.#running) return;
    this.#freshBytes = 0;
    this.#running = this.#sink
      .flush()
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#running = null;
      });
  }

  async settle(): Promise<void> {
    await this.#running;
    if (this.#failure !== null) throw this.#failure as Error;
  }
}
