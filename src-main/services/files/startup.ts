import type { FileRef } from '../../../src-shared/model/file-ref';
import type { EventHub } from '../events';
import type { FileRegistry } from './file-registry';

/**
 * Files a page is to open without being asked by the person in it: named on the command line, by a double click, by a
 * second start; a task of the program's icon; and, for a page that comes back after a crash, those that were open in it.
 */
export class StartupFiles {
  readonly #registry: FileRegistry;
  readonly #events: EventHub;
  #waiting = new Map<string, FileRef>();
  /** What the page has open, by id, in order. */
  readonly #open = new Map<string, FileRef>();
  #pageAsked = false;
  #waitingCommand: string | null = null;

  constructor(registry: FileRegistry, events: EventHub) {
    this.#registry = registry;
    this.#events = events;
  }

  add(paths: readonly string[]): void {
    if (paths.length === 0) return;
    const files = paths.map((path) => this.#registry.register(path));
    if (this.#pageAsked) this.#give(files);
    else for (const file of files) this.#waiting.set(file.id, file);
  }

  /** What waited, once. */
  take(): FileRef[] {
    this.#pageAsked = true;
    const files = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const file of files) this.#open.set(file.id, file);
    const commandId = this.#waitingCommand;
    this.#waitingCommand = null;
    // After the answer, so that the files do not cover what the command shows.
    if (commandId !== null) setImmediate(() => this.#events.emit('command.run', { commandId }));
    return files;
  }

  /** A command of the page that was chosen outside of it: at once, or as soon as there is a page. */
  run(commandId: string): void {
    if (this.#pageAsked) this.#events.emit('command.run', { commandId });
    else this.#waitingCommand = commandId;
  }

  /** The page looked at a file: it has it open. */
  opened(fileId: string): void {
    const path = this.#registry.known(fileId);
    if (!this.#open.has(fileId)) this.#open.set(fileId, this.#registry.register(path));
  }

  closed(fileId: string): void {
    this.#open.delete(fileId);
  }

  /** The page is gone; the next one is to open what this one had. */
  pageIsGone(): void {
    this.#pageAsked = false;
    this.#waiting = new Map([...this.#open, ...this.#waiting]);
    this.#open.clear();
  }

  #give(files: readonly FileRef[]): void {
    for (const file of files) this.#open.set(file.id, file);
    this.#events.emit('files.opened', { files });
  }
}
