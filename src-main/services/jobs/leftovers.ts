import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isHeld, JOURNAL_SUFFIX, targetOfPartial } from '../../engine';
import { JsonStore } from '../store/json-store';

/** An unfinished new file of a run that was killed. */
export interface Leftover {
  readonly path: string;
  /** What it was to become. */
  readonly target: string;
  readonly sizeBytes: number;
}

/** What one run makes, or was making when it ended. */
interface RunRecord {
  readonly processId: number;
  /** Process numbers count on one machine only; a home folder may be shared by several. */
  readonly host: string;
  readonly targets: readonly string[];
}

/** A run's record: by its process, and by chance, since process numbers come back (in a container, always). */
const RECORD_NAME = /^\d+-[0-9a-f]{16}\.json$/;

/**
 * Remembers which new files are being made, so that what a killed run left beside them is found by the next one. A run
 * that ends in any other way removes its own. Each run writes a record of its own into the folder that all doors
 * share, so that none can lose another's.
 */
export class Leftovers {
  readonly #folder: string;
  readonly #isAlive: (processId: number) => boolean;
  readonly #ownName = `${process.pid}-${randomBytes(8).toString('hex')}.json`;
  readonly #own: JsonStore<RunRecord>;

  constructor(folder: string, isAlive: (processId: number) => boolean = isProcessAlive) {
    this.#folder = folder;
    this.#isAlive = isAlive;
    this.#own = new JsonStore(path.join(folder, this.#ownName), () => ({
      processId: process.pid,
      host: os.hostname(),
      targets: [],
    }));
  }

  /** A job begins to make `target`. */
  async begin(target: string): Promise<void> {
    await this.#own.update((own) => ({ ...own, targets: [...own.targets, target] })).catch(() => undefined);
  }

  /** It ended, and cleaned up after itself. */
  async end(target: string): Promise<void> {
    await this.#own
      .update((own) => ({ ...own, targets: own.targets.filter((one) => one !== target) }))
      .catch(() => undefined);
    if ((await this.#own.get()).targets.length === 0) await this.#forget(this.#ownName);
  }

  /** What killed runs left; what a run that goes on is making is its own affair. */
  async find(): Promise<Leftover[]> {
    const { dead, liveTargets } = await this.#records();
    const found: Leftover[] = [];
    for (const [name, record] of dead) {
      const parts = (await Promise.all(record.targets.map(partsOf))).flat();
      if (parts.length === 0) await this.#forget(name);
      found.push(...parts.filter(({ target }) => !liveTargets.has(target)));
    }
    // Two runs may have been killed over one target.
    return [...new Map(found.map((one) => [one.path, one])).values()];
  }

  /**
   * Takes the answer to what `find` gave: removes the files, or lets them be. Either way they are not asked about
   * again. Nothing else can be removed this way.
   * @returns what was removed.
   */
  async settle(answered: readonly Leftover[], remove: boolean): Promise<Leftover[]> {
    const removed: Leftover[] = [];
    if (remove) {
      const known = new Set((await this.find()).map((one) => one.path));
      for (const one of answered.filter((leftover) => known.has(leftover.path))) {
        await fs.rm(one.path, { force: true });
        removed.push(one);
      }
    }
    const done = new Set(answered.map(({ target }) => target));
    for (const [name, record] of (await this.#records()).dead) {
      const targets = record.targets.filter((target) => !done.has(target));
      if (targets.length === 0) await this.#forget(name);
      else if (targets.length < record.targets.length)
        await new JsonStore<RunRecord>(path.join(this.#folder, name), readRecord).set({ ...record, targets });
    }
    return removed;
  }

  async #records(): Promise<{ dead: [string, RunRecord][]; liveTargets: Set<string> }> {
    const names = (await fs.readdir(this.#folder).catch(() => [])).filter((name) => RECORD_NAME.test(name));
    const dead: [string, RunRecord][] = [];
    const live: string[] = [];
    for (const name of names) {
      const record = await new JsonStore(path.join(this.#folder, name), readRecord).get();
      // Our own number on a record that is not ours: that run is gone, and its number is ours now.
      const isGone = record.processId === process.pid || !this.#isAlive(record.processId);
      const isDead = isGone && record.host === os.hostname();
      if (name !== this.#ownName && isDead) dead.push([name, record]);
      else live.push(...record.targets);
    }
    return { dead, liveTargets: new Set(live) };
  }

  async #forget(name: string): Promise<void> {
    await fs.rm(path.join(this.#folder, name), { force: true }).catch(() => undefined);
  }
}

/** Only names that our own outputs have, of exactly this target; not of a run that is at work on it. */
async function partsOf(target: string): Promise<Leftover[]> {
  const folder = path.dirname(target);
  const names = await fs.readdir(folder).catch(() => []);
  const found: Leftover[] = [];
  for (const name of names) {
    if (!isPartOf(name, path.basename(target))) continue;
    const full = path.join(folder, name);
    const stats = await fs.lstat(full).catch(() => null);
    if (stats?.isFile() && (await isHeld(full)) !== true)
      found.push({ path: full, target, sizeBytes: stats.size });
  }
  return found;
}

/** `.<target>.<16 hex><suffix>`, of itself or of its undo journal; of a long name only a beginning is there. */
function isPartOf(name: string, target: string): boolean {
  const stem = targetOfPartial(name);
  if (stem === target || stem === `${target}${JOURNAL_SUFFIX}`) return true;
  return stem !== null && Buffer.byteLength(name) > 250 && `${target}${JOURNAL_SUFFIX}`.startsWith(stem);
}

function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

function readRecord(raw: unknown): RunRecord {
  const { processId, host, targets } = (raw ?? {}) as { [K in keyof RunRecord]?: unknown };
  return {
    // A record that cannot be read belongs to nobody that could still be at work.
    processId:
      Number.isSafeInteger(processId) && (processId as number) > 0 ? (processId as number) : process.pid,
    host: typeof host === 'string' ? host : os.hostname(),
    targets: Array.isArray(targets)
      ? targets.filter((target): target is string => typeof target === 'string' && path.isAbsolute(target))
      : [],
  };
}
