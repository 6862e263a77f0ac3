/** The list of changes by the two ends of each journal: what a list shows, without the bytes that a journal keeps. */
import type { JournalHead } from '../../../src-shared/model/undo';
import { NodeFile } from '../io';
import { damagedSummary, headOf } from './history';
import { parseBegin, parseCommit, parseUndone, type JournalContents } from './journal-contents';
import { readJournal } from './journal-reader';
import { readLastRecord, readRecord } from './journal-record';
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
    return headOf((await readEnds(journalPath)) ?? (await readJournal(journalPath)), options);
  } catch (error) {
    return damagedSummary(journalPath, error);
  }
}

/** A journal that is settled or was undone, without its saved ranges; null for any other. */
async function readEnds(journalPath: string): Promise<JournalContents | null> {
  const file = await NodeFile.open(journalPath, 'read');
  try {
    const first = await readRecord(file, 0, 0, (payload) => parseBegin(payload)?.id ?? null);
    const begin = first?.kind === 'begin' ? parseBegin(first.payload) : null;
    const last = begin && (await readLastRecord(file, begin.id));
    if (!begin || !last) return null;
    const commit = last.kind === 'commit' ? parseCommit(last.payload) : null;
    const undone = last.kind === 'undone' ? parseUndone(last.payload) : null;
    if (!commit && !undone) return null;
    return {
      path: journalPath,
      begin,
      commit,
      undone,
      saved: [],
      armed: true,
      undoing: false,
      torn: false,
      sizeBytes: last.end,
      end: last.end,
      nextSequence: last.sequence + 1,
    };
  } finally {
    await file.close();
  }
}
