import fs from 'node:fs/promises';
import type { RecentFile } from '../../../src-shared/model/file-ref';
import { JsonStore } from '../store/json-store';
import type { FileRegistry } from './file-registry';
import type { Roots } from './roots';

const RECENTS_MAX = 30;

interface StoredRecent {
  readonly path: string;
  readonly lastOpenedAt: string;
  readonly type: string | null;
  readonly verdict: string | null;
  readonly virtualSizeBytes: number | null;
}

export type RecentFacts = Pick<StoredRecent, 'type' | 'verdict' | 'virtualSizeBytes'>;

/** Recently opened images of this account, newest first. What is gone stays listed as missing until it is removed. */
export class RecentFiles {
  readonly #store: JsonStore<readonly StoredRecent[]>;
  readonly #registry: FileRegistry;
  readonly #roots: Roots;

  constructor(file: string, registry: FileRegistry, roots: Roots) {
    this.#store = new JsonStore(file, readStored);
    this.#registry = registry;
    this.#roots = roots;
  }

  async list(): Promise<RecentFile[]> {
    const stored = (await this.#store.get()).filter((recent) => this.#isShown(recent.path));
    return Promise.all(
      stored.map(async ({ path, ...facts }) => ({
        ...this.#registry.register(path),
        ...facts,
        missing: !(await isFile(path)),
      })),
    );
  }

  async remember(path: string, facts: RecentFacts): Promise<void> {
    const newest: StoredRecent = { path, lastOpenedAt: new Date().toISOString(), ...facts };
    await this.#store.update((known) =>
      [newest, ...known.filter((recent) => recent.path !== path)].slice(0, RECENTS_MAX),
    );
  }

  async forget(path: string): Promise<void> {
    await this.#store.update((known) => known.filter((recent) => recent.path !== path));
  }

  /** A missing file cannot be resolved against the roots; where there are roots it is left out. */
  #isShown(path: string): boolean {
    return this.#roots.allows(path);
  }
}

const isFile = (path: string): Promise<boolean> =>
  fs.stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

function readStored(raw: unknown): readonly StoredRecent[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((item: unknown) => {
    const recent = (item ?? {}) as Record<string, unknown>;
    if (typeof recent['path'] !== 'string' || typeof recent['lastOpenedAt'] !== 'string') return [];
    const text = (key: string): string | null => (typeof recent[key] === 'string' ? recent[key] : null);
    const size = recent['virtualSizeBytes'];
    return [
      {
        path: recent['path'],
        lastOpenedAt: recent['lastOpenedAt'],
        type: text('type'),
        verdict: text('verdict'),
        virtualSizeBytes: typeof size === 'number' ? size : null,
      },
    ];
  });
}
