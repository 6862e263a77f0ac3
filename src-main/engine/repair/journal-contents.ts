/** What an undo journal says. Its records are laid down in journal-record.ts. */
import { AppError } from '../../../src-shared/errors';
import { encodeRecord } from './journal-record';
import type { ByteRange } from './range-set';

/** What a journal is for, written before anything else. */
export interface JournalBegin {
  readonly version: 1;
  readonly id: string;
  /** `repair`, `edit`, `resize` … */
  readonly operation: string;
  readonly title: string;
  readonly imagePath: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly fileSizeBefore: number;
  /** Of the file, in nanoseconds since 1970; null where the host does not tell. */
  readonly modifiedNsBefore: string | null;
  /** Unique id of the image, null where no footer was to be found. */
  readonly uniqueId: string | null;
  readonly metadataHashBefore: string;
  /** What was asked for, so that an interrupted change can be finished; JSON of the operation's own. */
  readonly request: unknown;
}

/** Written once every change is durable. */
export interface JournalCommit {
  readonly fileSizeAfter: number;
  readonly metadataHashAfter: string;
  /** Over the journalled ranges and what was added at the end, as the change left them. */
  readonly rangesHashAfter: string;
  readonly changedBytes: number;
  /** The guest saw the same before and after; false in journals of versions that did not tell. */
  readonly contentNeutral: boolean;
}

/** Written once a change was taken back, instead of everything that was needed for it. */
export interface JournalUndone {
  /** ISO 8601 UTC. */
  readonly undoneAt: string;
  readonly restoredBytes: number;
}

/** Image bytes as they were: `[start, end)` of the image, stored at `position` of the journal, or zeros. */
export interface SavedRange extends ByteRange {
  readonly position: number | null;
}

export interface JournalContents {
  readonly path: string;
  readonly begin: JournalBegin;
  readonly commit: JournalCommit | null;
  /** Saved ranges in order of their place; they do not overlap. Only those under a barrier: the others were never changed. */
  readonly saved: readonly SavedRange[];
  /** Whether any barrier can be read: none means that the journal was cut, as it is not to be found without one. */
  readonly armed: boolean;
  /** An undo was begun and not finished. */
  readonly undoing: boolean;
  /** The change was taken back; only this record is left of its journal. */
  readonly undone: JournalUndone | null;
  /** Records after the last sound one cannot be read: torn by a crash, or damage. */
  readonly torn: boolean;
  readonly sizeBytes: number;
  /** Where the next record would go. */
  readonly end: number;
  readonly nextSequence: number;
}

/** A record for the history that the change of `begin` was taken back. */
export function encodeUndone(begin: JournalBegin, undone: JournalUndone): Uint8Array {
  return Buffer.concat([
    encodeRecord(begin.id, 'begin', 0, 0, Buffer.from(JSON.stringify(begin))),
    encodeRecord(begin.id, 'undone', 1, 0, Buffer.from(JSON.stringify(undone))),
  ]);
}

/** Whether a change was begun and not settled, or undone halfway. */
export const isPending = (journal: JournalContents): boolean =>
  journal.undone === null && (journal.commit === null || journal.undoing);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return null;
  }
}

export function parseBegin(payload: Uint8Array): JournalBegin | null {
  const json = parseJson(payload);
  if (!isObject(json) || json['version'] !== 1 || !isCount(json['fileSizeBefore'])) return null;
  const texts = ['id', 'operation', 'title', 'imagePath', 'createdAt', 'metadataHashBefore'];
  if (!texts.every((name) => typeof json[name] === 'string')) return null;
  if (
    !['modifiedNsBefore', 'uniqueId'].every((name) => json[name] === null || typeof json[name] === 'string')
  )
    return null;
  return json as unknown as JournalBegin;
}

export function parseCommit(payload: Uint8Array): JournalCommit | null {
  const json = parseJson(payload);
  if (!isObject(json) || !isCount(json['fileSizeAfter']) || !isCount(json['changedBytes'])) return null;
  if (typeof json['metadataHashAfter'] !== 'string' || typeof json['rangesHashAfter'] !== 'string')
    return null;
  return json as unknown as JournalCommit;
}

export function parseUndone(payload: Uint8Array): JournalUndone | null {
  const json = parseJson(payload);
  if (!isObject(json) || typeof json['undoneAt'] !== 'string' || !isCount(json['restoredBytes'])) return null;
  return json as unknown as JournalUndone;
}

export const UNREADABLE_HINT =
  'Nothing can be put back from it, and it stands in the way of every change. "platter undo --remove JOURNAL", with its name, removes it; "platter check" then says what state the image is in.';

export function invalidJournal(journalPath: string, reason: string, hint?: string): AppError {
  return new AppError('journal-invalid', `The undo journal "${journalPath}" cannot be used: ${reason}.`, {
    context: { path: journalPath },
    unchanged: 'Nothing was written.',
    data: { reason },
    hint,
  });
}
