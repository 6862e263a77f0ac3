import { AppError } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import type { OperationContext } from '../disk/virtual-disk';

/** Asked at every chunk: a cancelled operation stops there and leaves nothing half-written. @throws AppError `cancelled`. */
export function throwIfCancelled(context: OperationContext): void {
  if (context.signal?.aborted) throw new AppError('cancelled', 'The operation was cancelled.');
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
