import type { Progress } from '../../src-shared/model/job';

const WINDOW_MS = 5000;
/** Below this nothing is known yet: a first chunk from the cache says little. */
const MIN_SPAN_MS = 300;

/** Rate over the last seconds of the present phase, and the time left by it. The one place where they are worked out. */
export class RateMeter {
  readonly #now: () => number;
  #phase: string | null = null;
  #samples: { readonly atMs: number; readonly doneBytes: number }[] = [];
  #totalBytes = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  add(progress: Progress): void {
    if (progress.phase !== this.#phase) this.restart();
    this.#phase = progress.phase;
    this.#totalBytes = progress.totalBytes;
    const atMs = this.#now();
    this.#samples.push({ atMs, doneBytes: progress.doneBytes });
    while (this.#samples.length > 2 && atMs - (this.#samples[1]?.atMs ?? atMs) > WINDOW_MS)
      this.#samples.shift();
  }

  /** Forgets the past: after a pause, whose time is nobody's. */
  restart(): void {
    this.#samples = [];
  }

  /** Null until enough is known. */
  bytesPerSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples[this.#samples.length - 1]];
    if (!first || !last || last.atMs - first.atMs < MIN_SPAN_MS) return null;
    return Math.round(((last.doneBytes - first.doneBytes) * 1000) / (last.atMs - first.atMs));
  }

  /** Of the present phase; null until enough is known. */
  secondsLeft(): number | null {
    const rate = this.bytesPerSecond();
    const doneBytes = this.#samples[this.#samples.length - 1]?.doneBytes ?? 0;
    return rate === null || rate <= 0 ? null : Math.ceil((this.#totalBytes - doneBytes) / rate);
  }
}
