import { stat, type BigIntStats } from 'node:fs';
import type { EventHub } from '../events';

/** How often open files are looked at. Polling works on every file system, network shares included. */
const LOOK_EVERY_MS = 1_500;

interface Watched {
  readonly fileId: string;
  /** Inode, size and times as last seen; null while the file is gone. */
  state: string | null;
  /** Number of our own changes under way. */
  ours: number;
}

/** Tells when an open file changes or goes away outside Platter; our own changes are not told. */
export class FileWatcher {
  readonly #events: EventHub;
  readonly #byPath = new Map<string, Watched>();
  readonly #lookEveryMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(events: EventHub, lookEveryMs = LOOK_EVERY_MS) {
    this.#events = events;
    this.#lookEveryMs = lookEveryMs;
  }

  async watch(path: string, fileId: string): Promise<void> {
    if (this.#byPath.has(path)) return;
    this.#byPath.set(path, { fileId, state: await stateOf(path), ours: 0 });
    this.#timer ??= setInterval(() => void this.look(), this.#lookEveryMs).unref();
  }

  unwatch(path: string): void {
    this.#byPath.delete(path);
    if (this.#byPath.size === 0) this.close();
  }

  /** The open files. */
  paths(): string[] {
    return [...this.#byPath.keys()];
  }

  /** Runs a change of our own: what it does to the file is not told. */
  async whileChanging<T>(path: string, work: () => Promise<T>): Promise<T> {
    const resume = this.pause(path);
    try {
      return await work();
    } finally {
      await resume();
    }
  }

  /** As whileChanging, for a change whose end is known later. @returns what to call then. */
  pause(path: string): () => Promise<void> {
    const watched = this.#byPath.get(path);
    if (!watched) return () => Promise.resolve();
    watched.ours += 1;
    let ended = false;
    return async () => {
      if (ended) return;
      ended = true;
      watched.state = await stateOf(path);
      watched.ours -= 1;
    };
  }

  /** One look at every open file. */
  async look(): Promise<void> {
    await Promise.all([...this.#byPath].map(([path, watched]) => this.#lookAt(path, watched)));
  }

  async #lookAt(path: string, watched: Watched): Promise<void> {
    const before = watched.state;
    const state = await stateOf(path);
    // A change of ours may have begun or ended while we looked.
    if (watched.ours > 0 || watched.state !== before || state === before) return;
    watched.state = state;
    if (this.#byPath.get(path) !== watched) return;
    this.#events.emit('file.changed', { fileId: watched.fileId, kind: state === null ? 'gone' : 'changed' });
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#byPath.clear();
  }
}

function stateOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    stat(path, { bigint: true }, (error, stats: BigIntStats | undefined) => {
      // The change time is left out: reading through a hard link or changing rights does not change the content.
      resolve(error || !stats ? null : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`);
    });
  });
}
