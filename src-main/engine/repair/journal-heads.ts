/** The list of changes by the two ends of each journal: what a list shows, without the bytes that a journal keeps. */
import type { JournalHead } from '../../../src-shared/model/undo';
import { damagedSummary, headOf } from './history';
import { readJournalEnds } from './journal-ends';
import { readJournal } from './journal-reader';
import { journalPaths, type HistoryOptions } from './journal-store';
import { realPath } from './pending-journal';

/**
 * Every journal of the history and beside the images given, newest first. No image is opened: whether a change can
 * still be undone is for `summarizeJournal` to say.
 * @throws AppError where the history folder cannot be listed.
 */
export async function listJournalHeads(
  options: HistoryOptions & { readonly beside?: readonly string[] } = {},
): Promise<JournalHead[]> {
  const paths = new Set(await journalPaths(options));
  for (const image of options.beside ?? []) {
    const found = await realPath(image).then(
      (real) => journalPaths(options, real),
      () => [],
    );
    for (const one of found) paths.add(one);
  }
  const heads: JournalHead[] = [];
  for (const journalPath of paths) heads.push(await readHead(journalPath, options));
  return heads.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

async function readHead(journalPath: string, options: HistoryOptions): Promise<JournalHead> {
  try {
    // One that is in flight or cut short has no such end, and is read as a whole.
    return headOf((await readJournalEnds(journalPath)) ?? (await readJournal(journalPath)), options);
  } catch (error) {
    return damagedSummary(journalPath, error);
  }
}
