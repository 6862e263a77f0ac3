import fs from 'node:fs/promises';
import path from 'node:path';
import { PARTIAL_SUFFIX } from '../../engine';
import { JsonStore } from '../store/json-store';

/** An unfinished new file of a run that was killed. */
export interface Leftover {
  readonly path: string;
  /** What it was to become. */
  readonly target: string;
  readonly sizeBytes: number;
}

interface Running {
  readonly target: string;
  readonly processId: number;
}

/**
 * Remembers which new files are being made, so that what a killed run left beside them is found at the next start.
 * A run that ends in any other way removes its own.
 */
export class Leftovers {
  readonly #store: JsonStore<readonly Running[]>;
  readonly #isAlive: (processId: number) => boolean;

  constructor(file: string, isAlive: (processId: number) => boolean = isProcessAlive) {
    this.#store = new JsonStore(file, readRunning);
    this.#isAlive = isAlive;
  }

  /** A job begins to make `target`. */
  async begin(target: string): Promise<void> {
    const mine = { target, processId: process.pid };
    await this.#store.update((running) => [...running, mine]).catch(() => undefined);
  }

  /** It ended, and cleaned up after itself. */
  async end(target: string): Promise<void> {
    const isMine = (one: Running): boolean => one.target === target && one.processId === process.pid;
    await this.#store.update((running) => running.filter((one) => !isMine(one))).catch(() => undefined);
  }

  /** What killed runs left; targets of processes that still run are theirs. */
  async find(): Promise<Leftover[]> {
    const dead = (await this.#store.get()).filter(({ processId }) => !this.#isAlive(processId));
    const found = await Promise.all(dead.map(({ target }) => partsOf(target)));
    return found.flat();
  }

  /** Removes what `find` gave. What was answered, either way, is not asked again. */
  async settle(remove: readonly Leftover[]): Promise<void> {
    for (const { path: part } of remove) await fs.rm(part, { force: true }).catch(() => undefined);
    await this.#store
      .update((running) => running.filter(({ processId }) => this.#isAlive(processId)))
      .catch(() => undefined);
  }
}

/** Only names that our own outputs have, of exactly this target. */
async function partsOf(target: string): Promise<Leftover[]> {
  const folder = path.dirname(target);
  const names = await fs.readdir(folder).catch(() => []);
  const found: Leftover[] = [];
  for (const name of names) {
    if (!isPartOf(name, path.basename(target))) continue;
    const full = path.join(folder, name);
    const stats = await fs.lstat(full).catch(() => null);
    if (stats?.isFile()) found.push({ path: full, target, sizeBytes: stats.size });
  }
  return found;
}

/** `.<target>.<16 hex><suffix>`; of a long name only a beginning is there. */
function isPartOf(name: string, target: string): boolean {
  if (!name.startsWith('.') || !name.endsWith(PARTIAL_SUFFIX)) return false;
  const match = /^(.+)\.[0-9a-f]{16}$/s.exec(name.slice(1, -PARTIAL_SUFFIX.length));
  const stem = match?.[1];
  return stem === target || (stem !== undefined && Buffer.byteLength(name) > 250 && target.startsWith(stem));
}

function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

function readRunning(raw: unknown): readonly Running[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((item: unknown) => {
    const { target, processId } = (item ?? {}) as Record<string, unknown>;
    return typeof target === 'string' && Number.isSafeInteger(processId)
      ? [{ target, processId: processId as number }]
      : [];
  });
}
