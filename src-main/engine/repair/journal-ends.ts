/** The two ends of a journal: what it says of itself, without the bytes that it keeps. */
import { NodeFile } from '../io';
import { parseBegin, parseCommit, parseUndone, type JournalContents } from './journal-contents';
import { readLastRecord, readRecord } from './journal-record';

/** A journal that is settled or was undone, without its saved ranges; null for any other. */
export async function readJournalEnds(journalPath: string): Promise<JournalContents | null> {
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
