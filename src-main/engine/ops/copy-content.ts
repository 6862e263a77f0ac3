import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { SLOT_HEAD_BYTES, slotData, type ContentSink, type Slot } from './content-sink';
import { Breather, PhaseProgress } from './operation';
import { pumpPieces, type Piece } from './piece-pump';

/** Buffers that are read into and written from at the same time. */
const SLOTS = 4;
/** Holes smaller than this are read along with the data around them. */
const GAP_BYTES_MAX = 64 * 1024;
/** Fresh bytes after which the target is flushed in the background. */
const FLUSH_EVERY_BYTES = 32 * 1024 * 1024;

/**
 * Copies what the disk holds into the sink: known zeros are skipped without reading, reads and writes overlap.
 * Ends only when nothing is under way any more, however it ends.
 * @throws AppError of source, sink, or `cancelled`.
 */
export async function copyContent(
  disk: VirtualDisk,
  sink: ContentSink,
  context: OperationContext,
  phase = 'copy',
): Promise<void> {
  const progress = new PhaseProgress(context, phase, disk.sizeBytes);
  const flusher = new BackgroundFlush(sink);
  let doneOffset = 0;
  try {
    await pumpPieces<Piece, Slot>({
      pieces: dataPieces(disk, sink.pieceBytes, context),
      slots: Array.from({ length: SLOTS }, () => ({
        buffer: new Uint8Array(SLOT_HEAD_BYTES + sink.pieceBytes),
        length: 0,
      })),
      read: ({ offset, length }, slot) => {
        slot.length = length;
        return disk.readAt(slotData(slot), offset);
      },
      take: async (piece, slot) => {
        await sink.accept(piece.offset, slot);
        flusher.wrote(piece.length);
        const end = piece.offset + piece.length;
        progress.advance(end - doneOffset, piece);
        doneOffset = end;
      },
    });
    await flusher.settle();
    await sink.finish();
    progress.advance(disk.sizeBytes - doneOffset);
  } finally {
    await flusher.settle().catch(() => undefined);
  }
}

/**
 * The stretches of a disk that may hold data, in order, none across a multiple of `pieceBytes`. Small holes between
 * data are included.
 */
export async function* dataPieces(
  disk: VirtualDisk,
  pieceBytes: number,
  context: OperationContext,
): AsyncGenerator<Piece> {
  const breather = new Breather(context);
  let start = 0;
  let end = 0;
  for await (const { offset, length, state } of disk.extents(0, disk.sizeBytes)) {
    await breather.breathe();
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
