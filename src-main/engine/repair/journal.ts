/** An undo journal, written and read back. Its records are laid down in journal-record.ts. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors';
import { writeU64 } from '../../../src-shared/vhd/bytes';
import { readInto } from '../disk/gather';
import { isAllZero } from '../disk/zeros';
import { flushFolder, NodeFile, OutputFile, piecewiseExtents, type RandomAccessFile } from '../io';
import path from 'node:path';
import {
  encodeRecord,
  readRecord,
  RECORD_HEAD_BYTES,
  RECORD_PAYLOAD_BYTES_MAX,
  sealRecord,
  type RecordKind,
} from './journal-record';
import { inFlightPath } from './journal-names';
import { moveToHistory, type HistoryOptions } from './journal-store';
import { RangeSet, type ByteRange, type ByteRanges } from './range-set';

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

const ZEROS_LENGTH_BYTES = 8;

/** The write side. Nothing of it can be found beside the image before the first barrier: until then nothing changed. */
export class JournalWriter {
  readonly begin: JournalBegin;
  readonly #saved = new RangeSet();
  #output: OutputFile | null;
  #file: RandomAccessFile;
  #position = 0;
  #sequence = 0;
  #dirty = false;
  /** Head and payload of the record that is being made. */
  #record: Uint8Array | null = null;

  private constructor(begin: JournalBegin, output: OutputFile | null, file: RandomAccessFile) {
    this.begin = begin;
    this.#output = output;
    this.#file = file;
  }

  /** @throws AppError `journal-pending` where an earlier change of the image was interrupted. */
  static async create(what: Omit<JournalBegin, 'version' | 'id' | 'createdAt'>): Promise<JournalWriter> {
    const begin: JournalBegin = {
      version: 1,
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      ...what,
    };
    const output = await asPending(OutputFile.create(inFlightPath(what.imagePath)), what.imagePath);
    const writer = new JournalWriter(begin, output, output.file);
    try {
      await writer.#append('begin', 0, Buffer.from(JSON.stringify(begin)));
    } catch (error) {
      await output.discard();
      throw error;
    }
    return writer;
  }

  get path(): string {
    return inFlightPath(this.begin.imagePath);
  }
  get savedRanges(): ByteRanges {
    return this.#saved;
  }
  get savedBytes(): number {
    return this.#saved.totalBytes;
  }
  /** Whether anything may have been changed under this journal. */
  get armed(): boolean {
    return this.#output === null;
  }

  /** Saves what `[start, end)` of the image holds, as far as it is not saved yet and existed when the change began. */
  async save(image: RandomAccessFile, start: number, end: number): Promise<void> {
    for (const gap of this.#saved.missing(start, Math.min(end, this.begin.fileSizeBefore))) {
      for await (const extent of piecewiseExtents(image, gap.start, gap.end - gap.start)) {
        if (extent.kind === 'hole') await this.#saveZeros(extent.offset, extent.length);
        else await this.#saveData(image, extent.offset, extent.length);
      }
      this.#saved.add(gap.start, gap.end);
    }
  }

  async #saveData(image: RandomAccessFile, offset: number, length: number): Promise<void> {
    for (let done = 0; done < length; done += RECORD_PAYLOAD_BYTES_MAX) {
      const count = Math.min(RECORD_PAYLOAD_BYTES_MAX, length - done);
      this.#record ??= new Uint8Array(RECORD_HEAD_BYTES + RECORD_PAYLOAD_BYTES_MAX);
      const record = this.#record.subarray(0, RECORD_HEAD_BYTES + count);
      const bytes = record.subarray(RECORD_HEAD_BYTES);
      await readInto(image, offset + done, bytes);
      if (count > ZEROS_LENGTH_BYTES && isAllZero(bytes)) await this.#saveZeros(offset + done, count);
      else await this.#write(sealRecord(record, this.begin.id, 'before', this.#sequence, offset + done));
    }
  }

  async #saveZeros(offset: number, length: number): Promise<void> {
    const payload = new Uint8Array(ZEROS_LENGTH_BYTES);
    writeU64(payload, 0, length);
    await this.#append('zeros', offset, payload);
  }

  /** Returns once all that was saved is durable and can be found beside the image: now it may be changed. */
  async barrier(): Promise<void> {
    if (this.armed && !this.#dirty) return;
    await this.#append('barrier', 0, new Uint8Array(0));
    if (this.#output) {
      const output = this.#output;
      await asPending(output.publish(), this.begin.imagePath);
      this.#output = null;
      this.#file = await NodeFile.open(this.path, 'write');
    } else await this.#file.flush();
    this.#dirty = false;
  }

  async commit(commit: JournalCommit): Promise<void> {
    await this.#append('commit', 0, Buffer.from(JSON.stringify(commit)));
    await this.#file.flush();
  }

  async close(): Promise<void> {
    if (this.#output) await this.#output.discard();
    else await this.#file.close();
  }

  async #append(kind: RecordKind, offset: number, payload: Uint8Array): Promise<void> {
    await this.#write(encodeRecord(this.begin.id, kind, this.#sequence, offset, payload));
  }

  async #write(record: Uint8Array): Promise<void> {
    await this.#file.writeAt(record, this.#position);
    this.#position += record.length;
    this.#sequence += 1;
    this.#dirty = true;
  }
}

/** Marks that the way back has begun, before the first byte is put back. */
export async function markUndoing(contents: JournalContents): Promise<void> {
  if (contents.undoing) return;
  const file = await NodeFile.open(contents.path, 'write');
  try {
    const record = encodeRecord(contents.begin.id, 'undoing', contents.nextSequence, 0, new Uint8Array(0));
    // a torn record behind the last sound one is overwritten, and must not stick out behind this one
    await file.setSize(contents.end);
    await file.writeAt(record, contents.end);
    await file.flush();
  } finally {
    await file.close();
  }
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

async function asPending<T>(work: Promise<T>, imagePath: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'target-exists') throw error;
    throw pendingError(imagePath);
  }
}

export function pendingError(imagePath: string): AppError {
  return new AppError(
    'journal-pending',
    `An earlier change of "${imagePath}" was interrupted; its undo journal lies beside it.`,
    {
      context: { path: imagePath },
      unchanged: 'Nothing was written.',
      data: { journal: inFlightPath(imagePath) },
    },
  );
}

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

const UNREADABLE_HINT =
  'Nothing can be put back from it, and it stands in the way of every change. "platter undo --remove JOURNAL", with its name, removes it; "platter check" then says what state the image is in.';

export function invalidJournal(journalPath: string, reason: string, hint?: string): AppError {
  return new AppError('journal-invalid', `The undo journal "${journalPath}" cannot be used: ${reason}.`, {
    context: { path: journalPath },
    unchanged: 'Nothing was written.',
    data: { reason },
    hint,
  });
}
