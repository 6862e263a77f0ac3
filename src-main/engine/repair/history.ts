/** The list of changes that were made in place: what can be undone, what was, and what was interrupted. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { JournalHead, JournalState, JournalSummary } from '../../../src-shared/model/undo';
import { NodeFile } from '../io';
import { isPending, type JournalContents } from './journal-contents';
import { readJournal, removeJournal } from './journal-reader';
import { laterChange } from './later-change';
import { pendingError } from './journal-writer';
import { imageOfJournalPath, inFlightPath, isJournalNameOf, JOURNAL_SUFFIX } from './journal-names';
import { exists, journalPaths, type HistoryOptions } from './journal-store';
import { mergeMarkOf } from './merge-mark';
import { inFlightPathOf, realPath } from './pending-journal';
import { otherNames } from './other-names';
import { imageOf, isInHistory, whyUnusable } from './undo';
import { requireUndoHarmless, type UndoChildrenOptions } from './undo-children';

/** The one verb that finishes what was interrupted, by doing it anew. */
const FINISHABLE_OPERATION = 'repair';

/**
 * Every journal there is, newest first, those beside `imagePath` included where one is given; each with its image
 * looked at, so that its state is today's. With `onlyImage`, those of other images are left out.
 */
export async function listJournals(
  options: HistoryOptions & { readonly imagePath?: string; readonly onlyImage?: boolean } = {},
): Promise<JournalSummary[]> {
  const imagePath = options.imagePath === undefined ? undefined : await realPath(options.imagePath);
  const names = imagePath === undefined ? [] : [imagePath, ...(await otherNames(imagePath, options))];
  const summaries: JournalSummary[] = [];
  for (const journalPath of await journalPaths(options, imagePath)) {
    const summary = await summarizeJournal(journalPath, options);
    if (!options.onlyImage || imagePath === undefined || names.some((name) => isOf(summary, name)))
      summaries.push(summary);
  }
  return summaries.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

/** What a damaged journal was for is only known by its name. */
function isOf({ journalPath, imagePath, operation }: JournalSummary, wanted: string): boolean {
  if (operation !== 'unknown') return imagePath === wanted;
  return isJournalNameOf(path.basename(journalPath), path.basename(wanted));
}

/** One journal with its image looked at: that takes as long as reading what the change wrote. */
export async function summarizeJournal(
  journalPath: string,
  options: HistoryOptions & Pick<UndoChildrenOptions, 'mayOpen'> = {},
): Promise<JournalSummary> {
  let journal: JournalContents;
  try {
    journal = await readJournal(journalPath);
  } catch (error) {
    return damagedSummary(journalPath, error);
  }
  const { reason, waits, children } = await outlookNow(journal, options);
  return {
    ...headOf(journal, options),
    usable: reason === null,
    reason,
    finishable: reason === null && isPending(journal) && journal.begin.operation === FINISHABLE_OPERATION,
    ...(waits ? { waits } : {}),
    ...(children.length > 0 ? { children } : {}),
  };
}

/** What a journal says of itself. */
export function headOf(journal: JournalContents, options: HistoryOptions): JournalHead {
  const { path: journalPath, begin, commit, saved, undone } = journal;
  const inHistory = isInHistory(journalPath, options);
  return {
    id: begin.id,
    journalPath,
    // beside an image the place counts, not what the file says
    imagePath: inHistory
      ? begin.imagePath
      : (imageOfJournalPath(journalPath, begin.imagePath) ?? begin.imagePath),
    operation: begin.operation,
    title: begin.title,
    state: stateOf(journal, inHistory),
    createdAt: begin.createdAt,
    sizeBytes: journal.sizeBytes,
    changedBytes:
      commit?.changedBytes ??
      undone?.restoredBytes ??
      saved.reduce((sum, range) => sum + range.end - range.start, 0),
    uniqueId: begin.uniqueId,
    undoneAt: undone?.undoneAt ?? null,
  };
}

function stateOf(journal: JournalContents, inHistory: boolean): JournalState {
  if (journal.undone !== null) return 'undone';
  if (journal.commit === null && inHistory) return 'damaged';
  return isPending(journal) ? 'inFlight' : 'settled';
}

/**
 * The change of an image that was begun and not settled, as the list of changes shows it; null where there is none. A
 * journal beside the image that cannot be read counts: it is not known what it protects.
 */
export async function pendingChange(
  imagePath: string,
  options: HistoryOptions = {},
): Promise<JournalSummary | null> {
  const journalPath = await inFlightPathOf(imagePath);
  if (!(await exists(journalPath))) return null;
  const summary = await summarizeJournal(journalPath, options);
  return summary.state === 'inFlight' || summary.state === 'damaged' ? summary : null;
}

interface Outlook {
  readonly reason: string | null;
  readonly waits: boolean;
  readonly children: readonly string[];
}

async function outlookNow(
  journal: JournalContents,
  options: HistoryOptions & Pick<UndoChildrenOptions, 'mayOpen'>,
): Promise<Outlook> {
  const none = { reason: null, waits: false, children: [] };
  try {
    const image = await NodeFile.open(await imageOf(journal, options), 'read');
    try {
      const reason = await whyUnusable(image, journal, options);
      if (reason === null) return { ...none, children: await objectingChildren(image, journal, options) };
      if (journal.commit === null || journal.undone !== null) return { ...none, reason };
      const fits = async ({ path: later }: JournalContents): Promise<boolean> =>
        (await whyUnusable(image, await readJournal(later), options)) === null;
      const later = await laterChange(journal, fits, options);
      if (later === null) return { ...none, reason };
      const what = `"${later.begin.title}" of ${later.begin.createdAt}`;
      return { ...none, reason: `a later change is to be undone first: ${what}`, waits: true };
    } finally {
      await image.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { reason } = error.data;
    return { ...none, reason: typeof reason === 'string' ? reason : error.message };
  }
}

/** Names of the images for whose sake the undo is refused until that is accepted. */
async function objectingChildren(
  image: NodeFile,
  journal: JournalContents,
  options: Pick<UndoChildrenOptions, 'mayOpen'>,
): Promise<readonly string[]> {
  try {
    await requireUndoHarmless(image, journal, { mayOpen: options.mayOpen });
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'has-children') throw error;
    const { children } = error.data;
    return Array.isArray(children) ? children.map((child) => path.basename(String(child))) : [];
  }
}

/** What is left to say of a journal that cannot be read. */
export async function damagedSummary(journalPath: string, error: unknown): Promise<JournalSummary> {
  if (!(error instanceof AppError)) throw error;
  const stats = await fs.stat(journalPath).catch(() => null);
  return {
    id: path.basename(journalPath),
    journalPath,
    imagePath: imageOfJournalPath(journalPath) ?? journalPath,
    operation: 'unknown',
    title: 'Unreadable undo journal',
    state: 'damaged',
    createdAt: (stats?.mtime ?? new Date(0)).toISOString(),
    sizeBytes: stats?.size ?? 0,
    changedBytes: 0,
    uniqueId: null,
    usable: false,
    reason: typeof error.data['reason'] === 'string' ? error.data['reason'] : error.message,
    undoneAt: null,
    finishable: false,
  };
}

/**
 * Removes a journal: the change can then no longer be undone. One in flight is kept: without it the image may be
 * half changed.
 * @throws AppError `journal-pending`, `file-not-found`, `bad-value` where the path is no journal's.
 */
export async function deleteJournal(journalPath: string): Promise<void> {
  if (!journalPath.endsWith(JOURNAL_SUFFIX))
    throw new AppError(
      'bad-value',
      `"${journalPath}" is no undo journal: its name does not end in ${JOURNAL_SUFFIX}.`,
    );
  if (!(await exists(journalPath)))
    throw new AppError('file-not-found', `"${journalPath}" does not exist.`, {
      context: { path: journalPath },
    });
  const journal = await readJournal(journalPath).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'journal-invalid') return null;
    throw error;
  });
  const image = imageOfJournalPath(journalPath, journal?.begin.imagePath) ?? journalPath;
  const isBeside = path.resolve(journalPath) === path.resolve(inFlightPath(image));
  // the mark of a merge keeps no bytes: whoever has lost the child may forget it
  const isNeeded = journal !== null && isPending(journal) && mergeMarkOf(journal.begin) === null;
  if (isNeeded && isBeside && (await exists(image))) throw pendingError(image);
  await removeJournal(journalPath);
}

/**
 * Removes the oldest settled journals of the history until it holds at most `maxBytes`. The newest stays, however large
 * it is, unless nothing is to be kept at all. @returns the removed paths.
 */
export async function pruneHistory(maxBytes: number, options: HistoryOptions = {}): Promise<string[]> {
  const journals: { path: string; sizeBytes: number; modifiedMs: number }[] = [];
  for (const journalPath of await journalPaths(options)) {
    const stats = await fs.stat(journalPath).catch(() => null);
    if (stats) journals.push({ path: journalPath, sizeBytes: stats.size, modifiedMs: stats.mtimeMs });
  }
  journals.sort((a, b) => a.modifiedMs - b.modifiedMs);
  let total = journals.reduce((sum, journal) => sum + journal.sizeBytes, 0);
  const removed: string[] = [];
  for (const journal of maxBytes === 0 ? journals : journals.slice(0, -1)) {
    if (total <= maxBytes) break;
    await removeJournal(journal.path);
    total -= journal.sizeBytes;
    removed.push(journal.path);
  }
  return removed;
}

/** Bytes that the history's journals take. */
export async function historySizeBytes(options: HistoryOptions = {}): Promise<number> {
  let total = 0;
  for (const journalPath of await journalPaths(options)) total += (await fs.stat(journalPath)).size;
  return total;
}
