import { AppError } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import type { OperationContext } from '../disk/virtual-disk';

/** Asked at every chunk: a cancelled operation stops there and leaves nothing half-written. @throws AppError `cancelled`. */
export function throwIfCancelled(context: OperationContext): void {
  if (context.signal?.aborted) throw new AppError('cancelled', 'The operation was cancelled.');
}

/** How long a loop may keep the event loop from signals and messages. */
const BREATH_MS = 20;

/**
 * For loops whose turns may need no file at all, such as long stretches that nothing is stored for: promises alone
 * never let the event loop turn, so no signal and no message would arrive.
 */
export class Breather {
  readonly #context: OperationContext;
  #lastMs = performance.now();

  constructor(context: OperationContext) {
    this.#context = context;
  }

  /** Cheap enough for every turn of a loop. @throws AppError `cancelled`. */
  async breathe(): Promise<void> {
    throwIfCancelled(this.#context);
    if (performance.now() - this.#lastMs < BREATH_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastMs = performance.now();
    throwIfCancelled(this.#context);
  }
}

/** Counts one phase's bytes and tells the listener after each chunk; listeners throttle, not operations. */
export class PhaseProgress {
  readonly #context: OperationContext;
  readonly #phase: string;
  readonly #totalBytes: number;
  #doneBytes = 0;

  constructor(context: OperationContext, phase: string, totalBytes: number) {
    this.#context = context;
    this.#phase = phase;
    this.#totalBytes = totalBytes;
    this.#report();
  }

  /** Adds finished bytes, read and written where given, and checks for cancellation. @throws AppError `cancelled`. */
  advance(bytes: number, reading?: GuestRange, writing?: GuestRange): void {
    this.#doneBytes += bytes;
    this.#report(reading, writing);
    throwIfCancelled(this.#context);
  }

  #report(reading?: GuestRange, writing?: GuestRange): void {
    this.#context.onProgress?.({
      phase: this.#phase,
      doneBytes: this.#doneBytes,
      totalBytes: this.#totalBytes,
      ...(reading ? { reading } : {}),
      ...(writing ? { writing } : {}),
    });
  }
}
