import fs from 'node:fs/promises';
import path from 'node:path';
import { formatCount, formatSize } from '../../src-shared/vhd/format-size';
import { isHeld, JOURNAL_SUFFIX, targetOfPartial } from '../engine';

/** Entries of one folder that are looked at: a folder of a million files must not make `info` slow. */
const ENTRIES_MAX = 10_000;
const LISTED_MAX = 5;

interface Leftover {
  readonly path: string;
  readonly target: string;
  /** Of a change in place that had not begun to write: the image itself is as it was. */
  readonly isJournal: boolean;
  readonly sizeBytes: number;
  /** Whether no run can be at work on it: false where locks cannot be had. */
  readonly isAbandoned: boolean;
}

/**
 * What to tell of unfinished files that a killed run left where the person looks: parts of the named files, and all
 * parts in the named folders. Never fails: nobody asked for it.
 */
export async function describeLeftovers(named: readonly string[]): Promise<readonly string[]> {
  try {
    const found = (await Promise.all([...new Set(named)].map(leftoversOf))).flat();
    const shown = [...new Map(found.map((one) => [one.path, one])).values()];
    if (shown.length === 0) return [];
    const { quoteForShell } = await import('./text/result');
    const remove = process.platform === 'win32' ? 'del' : 'rm';
    const notes = shown
      .slice(0, LISTED_MAX)
      .map(
        ({ path: part, target, isJournal, sizeBytes, isAbandoned }) =>
          `"${path.basename(part)}" (${formatSize(sizeBytes)}) is ${isJournal ? `an unfinished undo journal of "${target}", made before it is changed` : `an unfinished "${target}"`}: a run that was killed left it${isAbandoned ? '' : ', unless one is still at work on it'}. To remove it: ${remove} ${quoteForShell(part)}`,
      );
    const more = shown.length - notes.length;
    return more > 0 ? [...notes, `And ${formatCount(more)} more such files.`] : notes;
  } catch {
    return [];
  }
}

async function leftoversOf(named: string): Promise<Leftover[]> {
  const stats = await fs.stat(named).catch(() => null);
  const folder = stats?.isDirectory() ? named : path.dirname(named);
  const wanted = stats?.isDirectory() ? null : path.basename(named);
  const found: Leftover[] = [];
  let left = ENTRIES_MAX;
  const entries = await fs.opendir(folder, { bufferSize: 512 });
  for await (const { name } of entries) {
    const stem = targetOfPartial(name);
    const isJournal =
      stem !== null && (stem.endsWith(JOURNAL_SUFFIX) || (wanted !== null && !isTarget(stem, wanted)));
    if (stem !== null && (wanted === null || isTarget(stem, isJournal ? wanted + JOURNAL_SUFFIX : wanted))) {
      const target =
        isJournal && stem.endsWith(JOURNAL_SUFFIX) ? stem.slice(0, -JOURNAL_SUFFIX.length) : stem;
      const full = path.join(folder, name);
      const part = await fs.lstat(full).catch(() => null);
      const held = part?.isFile() ? await isHeld(full) : true;
      if (part && held !== true)
        found.push({
          path: full,
          target: wanted ?? target,
          isJournal,
          sizeBytes: part.size,
          isAbandoned: held === false,
        });
    }
    left -= 1;
    if (left === 0) break;
  }
  return found;
}

/** A name too long for its ending is kept in part only. */
const isTarget = (stem: string, wanted: string): boolean =>
  stem === wanted || (Buffer.byteLength(stem) > 200 && wanted.startsWith(stem));
