import type { Progress, ProgressListener } from '../../src-shared/model/job';

/** How often progress crosses a thread or a door. */
export const PROGRESS_INTERVAL_MS = 100;

/**
 * Passes on at most one report an interval. A new phase and the end of a phase always pass; `flush` passes what is
 * held back, so that the last report is never lost.
 */
export class ProgressThrottle {
  readonly #listener: ProgressListener;
  readonly #now: () => number;
  #lastSentMs = -Infinity;
  #lastPhase: string | null = null;
  #held: Progress | null = null;

  constructor(listener: ProgressListener, now: () => number = Date.now) {
    this.#listener = listener;
    this.#now = now;
  }

  report(progress: Progress): void {
    const isEdge = progress.phase !== this.#lastPhase || progress.doneBytes >= progress.totalBytes;
    if (!isEdge && this.#now() - this.#lastSentMs < PROGRESS_INTERVAL_MS) {
      this.#held = progress;
      return;
    }
    this.#send(progress);
  }

  flush(): void {
    if (this.#held) this.#send(this.#held);
  }

  #send(progress: Progress): void {
    this.#held = null;
    this.#lastSentMs = this.#now();
    this.#lastPhase = progress.phase;
    this.#listener(progress);
  }
}
