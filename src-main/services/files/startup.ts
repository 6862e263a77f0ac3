import type { FileRef } from '../../../src-shared/model/file-ref';
import type { EventHub } from '../events';
import type { FileRegistry } from './file-registry';

/**
 * Files named from outside the page: on the command line, by a double click, by a second start. Until a page has
 * asked for them they wait; afterwards they are told as events.
 */
export class StartupFiles {
  readonly #registry: FileRegistry;
  readonly #events: EventHub;
  #waiting: FileRef[] = [];
  #pageAsked = false;

  constructor(registry: FileRegistry, events: EventHub) {
    this.#registry = registry;
    this.#events = events;
  }

  add(paths: readonly string[]): void {
    if (paths.length === 0) return;
    const files = paths.map((path) => this.#registry.register(path));
    if (this.#pageAsked) this.#events.emit('files.opened', { files });
    else this.#waiting.push(...files);
  }

  /** What waited, once. */
  take(): readonly FileRef[] {
    this.#pageAsked = true;
    const files = this.#waiting;
    this.#waiting = [];
    return files;
  }

  /** The page is gone and a new one will ask. */
  expectPage(): void {
    this.#pageAsked = false;
  }
}
