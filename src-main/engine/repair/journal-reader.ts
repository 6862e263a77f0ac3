/** An undo journal, read back. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { flushFolder, NodeFile, type RandomAccessFile } from '../io';
import {
  invalidJournal,
  isPending,
  parseBegin,
  parseCommit,
  parseUndone,
  UNREADABLE_HINT,
  type JournalBegin,
  type JournalCommit,
  type JournalContents,
  type JournalUndone,
  type SavedRange,
} from './journal-contents';
import { inFlightPath } from './journal-names';
import { readRecord, ZEROS_LENGTH_BYTES, type RecordKind } from './journal-record';
import { moveToHistory, type HistoryOptions } from './journal-store';

/**
 * Reads a journal without holding its bytes.
 * @throws AppError `journal-invalid` where its beginning is no sound record, or ranges overlap.
 */
export async function readJournal(journalPath: string): Promise<JournalContents> {
  const file = await NodeFile.open(journalPath, 'read');
  try {
    return await parseJournal(file, journalPath);
  } finally {
    await file.close();
  }
}

/** What a journal is for, without reading what it saves; null where it does not say. @throws AppError of kind `system`. */
export async function readJournalBegin(journalPath: string): Promise<JournalBegin | null> {
  const file = await NodeFile.open(journalPath, 'read');
  try {
    const first = await readRecord(file, 0, 0, (payload) => parseBegin(payload)?.id ?? null);
    return first?.kind === 'begin' ? parseBegin(first.payload) : null;
  } finally {
    await file.close();
  }
}

async function parseJournal(file: RandomAccessFile, journalPath: string): Promise<JournalContents> {
  const first = await readRecord(file, 0, 0, (payload) => parseBegin(payload)?.id ?? null);
  const begin = first?.kind === 'begin' ? parseBegin(first.payload) : null;
  if (!first || !begin)
    throw invalidJournal(
      journalPath,
      (await file.size()) === 0 ? 'it is empty' : 'its beginning is damaged, or it is no undo journal',
      UNREADABLE_HINT,
    );
  const sizeBytes = await file.size();
  const durable: SavedRange[] = [];
  const pending: SavedRange[] = [];
  let commit: JournalCommit | null = null;
  let armed = false;
  let undoing = false;
  let undone: JournalUndone | null = null;
  let end = first.end;
  let sequence = 1;
  for (;;) {
    const record = await readRecord(file, end, sequence, begin.id);
    if (!record || record.kind === 'begin') break;
    if (record.kind === 'before' || record.kind === 'zeros')
      pending.push(savedRange(record.kind, record.offset, record.payload, record.end));
    else if (record.kind === 'commit') commit = parseCommit(record.payload);
    else if (record.kind === 'undoing') undoing = true;
    else if (record.kind === 'undone') undone = parseUndone(record.payload);
    if (record.kind === 'barrier') {
      armed = true;
      for (const range of pending.splice(0)) durable.push(range);
    }
    end = record.end;
    sequence += 1;
  }
  const saved = durable.sort((a, b) => a.start - b.start);
  requireSound(saved, begin, journalPath);
  return {
    path: journalPath,
    begin,
    commit,
    saved,
    armed,
    undoing,
    undone,
    torn: end < sizeBytes,
    sizeBytes,
    end,
    nextSequence: sequence,
  };
}

function savedRange(kind: RecordKind, offset: number, payload: Uint8Array, end: number): SavedRange {
  if (kind === 'before')
    return { start: offset, end: offset + payload.length, position: end - payload.length };
  const length = payload.length === ZEROS_LENGTH_BYTES ? Number(Buffer.from(payload).readBigUInt64BE()) : 0;
  return { start: offset, end: offset + length, position: null };
}

function requireSound(saved: readonly SavedRange[], begin: JournalBegin, journalPath: string): void {
  let position = 0;
  for (const range of saved) {
    if (range.start < position || range.end < range.start || range.end > begin.fileSizeBefore)
      throw invalidJournal(journalPath, 'its ranges contradict one another');
    position = range.end;
  }
}

/** Moves away a journal that was committed but not yet moved when its process died. @returns where it is now, or null. */
export async function settleLeftover(imagePath: string, options: HistoryOptions): Promise<string | null> {
  const journalPath = inFlightPath(imagePath);
  const journal = await readJournal(journalPath).catch(() => null);
  return !journal || isPending(journal) ? null : moveToHistory(imagePath, journal.begin.id, options);
}

/** Removes a journal whose work is done. */
export async function removeJournal(journalPath: string): Promise<void> {
  await fs.rm(journalPath, { force: true });
  await flushFolder(path.dirname(journalPath));
}
