import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { asAppError } from '../../src-shared/errors';
import { READER_NAMES } from '../../src-shared/model/check-report';
import { countBySeverity } from '../../src-shared/model/finding';
import type { SweepRow } from '../../src-shared/model/sweep';
import { checkImage } from '../engine';
import type { EventHub } from './events';
import type { FileRegistry } from './files/file-registry';
import type { Roots } from './files/roots';
import { describeImage } from './image/info';

/** Names that are looked at; everything else is passed over without being opened. */
const IMAGE_NAME = /\.(?:vhd|avhd|vud|vhdx|avhdx|vhds|vpc)$/i;
const AT_ONCE = 4;
const ROWS_EACH_MS = 120;
/** Files of one sweep at most, so that a whole file system cannot fill the memory. */
const FILES_MAX = 100_000;

/** Looks at every image of a folder; the rows are told in batches as `sweep.rows`. */
export class SweepService {
  readonly #registry: FileRegistry;
  readonly #roots: Roots;
  readonly #events: EventHub;
  readonly #running = new Map<string, AbortController>();

  constructor(registry: FileRegistry, roots: Roots, events: EventHub) {
    this.#registry = registry;
    this.#roots = roots;
    this.#events = events;
  }

  /** Begins at once; the last batch says `done`, also after a cancel. @returns the sweep's id. */
  async start(folder: string, recursive: boolean): Promise<string> {
    await this.#roots.require(folder);
    const sweepId = randomUUID();
    const abort = new AbortController();
    this.#running.set(sweepId, abort);
    // The answer with the id goes out before the first batch.
    setImmediate(() => void this.#run(sweepId, folder, recursive, abort.signal));
    return sweepId;
  }

  cancel(sweepId: string): void {
    this.#running.get(sweepId)?.abort();
  }

  close(): void {
    for (const abort of this.#running.values()) abort.abort();
  }

  async #run(sweepId: string, folder: string, recursive: boolean, signal: AbortSignal): Promise<void> {
    let seen = 0;
    let rows: SweepRow[] = [];
    let skipped: string[] = [];
    const tell = (done: boolean): void => {
      const batch = rows;
      rows = [];
      const unread = skipped;
      skipped = [];
      if (batch.length > 0 || unread.length > 0 || done)
        this.#events.emit('sweep.rows', { sweepId, rows: batch, skipped: unread, seen, done });
    };
    const timer = setInterval(() => tell(false), ROWS_EACH_MS);
    const files = this.#walk(folder, recursive, signal, (unread) => skipped.push(unread));
    const lookAtNext = async (): Promise<void> => {
      for (;;) {
        const next = await files.next();
        if (next.done || signal.aborted) return;
        seen += 1;
        const row = await this.#row(next.value);
        // Not in one expression: the batch may have been told and replaced meanwhile.
        rows.push(row);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, lookAtNext));
    } finally {
      clearInterval(timer);
      this.#running.delete(sweepId);
      tell(true);
    }
  }

  /** Files in the order of the folders. Linked folders are not entered: they may lead in circles. */
  async *#walk(
    folder: string,
    recursive: boolean,
    signal: AbortSignal,
    skip: (folder: string) => void,
  ): AsyncGenerator<string, void> {
    const folders = [folder];
    let given = 0;
    for (let current = folders.shift(); current !== undefined; current = folders.shift()) {
      const entries = await fs.readdir(current, { withFileTypes: true }).catch(() => null);
      if (!entries) {
        skip(current);
        continue;
      }
      entries.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
      for (const entry of entries) {
        if (signal.aborted || given >= FILES_MAX) return;
        const full = path.join(current, entry.name);
        if (entry.isDirectory()) {
          if (recursive) folders.push(full);
        } else if (IMAGE_NAME.test(entry.name) && (await this.#mayLook(full, entry.isFile()))) {
          given += 1;
          yield full;
        }
      }
    }
  }

  /** A link counts where it leads to a regular file inside the roots. */
  async #mayLook(full: string, isFile: boolean): Promise<boolean> {
    if (isFile) return true;
    const stats = await fs.stat(full).catch(() => null);
    return stats?.isFile() === true && this.#roots.allows(full);
  }

  async #row(full: string): Promise<SweepRow> {
    const file = this.#registry.register(full);
    try {
      const mayOpen = (other: string): boolean => this.#roots.allows(other);
      const info = await describeImage(full, { mayOpen });
      // with ancestors, as a child is checked when it is opened: the same image has the same verdict everywhere
      const chain = info.type === 'differencing';
      const { readers, verdict, findings } = await checkImage(full, { mayOpen, chain });
      const { errors, warnings } = countBySeverity(findings);
      return {
        file,
        format: info.format,
        type: info.type,
        virtualSizeBytes: info.virtualSizeBytes,
        fileSizeBytes: info.fileSizeBytes,
        verdict,
        errors,
        warnings,
        uniqueId: info.uniqueId,
        parent: info.parent?.name ?? null,
        readersAgainst: READER_NAMES.filter((reader) => readers[reader].verdict !== 'reads'),
        problem: null,
      };
    } catch (error) {
      const { message, data } = asAppError(error);
      const stats = await fs.stat(full).catch(() => null);
      return {
        file,
        format: typeof data['format'] === 'string' ? data['format'] : 'unknown',
        type: null,
        virtualSizeBytes: null,
        fileSizeBytes: stats?.size ?? 0,
        verdict: null,
        errors: 0,
        warnings: 0,
        uniqueId: null,
        parent: null,
        readersAgainst: [],
        problem: message,
      };
    }
  }
}
