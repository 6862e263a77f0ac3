import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { JournalState, JournalSummary, UndoResult } from '../../../src-shared/model/undo';
import { NodeFile, openForWriting, type LockOptions, type RandomAccessFile } from '../io';
import {
  invalidJournal,
  isPending,
  markUndoing,
  pendingError,
  readJournal,
  removeJournal,
  settleLeftover,
  type JournalContents,
} from './journal';
import { changedRanges, putBackModified, realPath } from './journaled-file';
import {
  historyFolder,
  imageOfJournalPath,
  inFlightPath,
  JOURNAL_SUFFIX,
  journalPaths,
  moveBeside,
  type HistoryOptions,
} from './journal-store';
import { restoreSaved, RolledBackView } from './restore';
import { hashMetadata, hashRanges } from './state-hash';

export interface UndoOptions extends HistoryOptions, LockOptions {}

/** A change that was begun and not settled, or undone halfway, beside `imagePath`; null where there is none. */
export async function pendingJournal(imagePath: string): Promise<JournalContents | null> {
  const journalPath = inFlightPath(await realPath(imagePath));
  if (!(await exists(journalPath))) return null;
  const journal = await readJournal(journalPath);
  return isPending(journal) ? journal : null;
}

/** @throws AppError `journal-pending` where an earlier change of the image was interrupted. Every writing verb asks first. */
export async function requireNoPendingJournal(imagePath: string): Promise<void> {
  if (await pendingJournal(imagePath)) throw pendingError(imagePath);
}

/**
 * Takes back the newest change of an image that can be taken back, or the one of a journal that is named.
 * @param target an image or a journal.
 * @throws AppError `nothing-to-undo`, `journal-invalid` with the reason, and those of openForWriting.
 */
export async function undoImage(target: string, options: UndoOptions = {}): Promise<UndoResult> {
  const journal = target.endsWith(JOURNAL_SUFFIX)
    ? await readJournal(target)
    : await newestUsable(target, options);
  const imagePath = await imageOf(journal, options);
  const image = await openForWriting(imagePath, options);
  try {
    const reason = await whyUnusable(image, journal, options);
    if (reason !== null) throw invalidJournal(journal.path, reason);
    await requireFreePlace(journal, imagePath, options);
    const beside = { ...journal, path: await moveBeside(journal.path, imagePath) };
    await markUndoing(beside);
    const restoredBytes = await restoreSaved(image, beside);
    await putBackModified(image, journal.begin.modifiedNsBefore);
    await image.flush();
    await removeJournal(beside.path);
    return {
      imagePath,
      journalPath: journal.path,
      restoredBytes,
      fileSizeBytes: journal.begin.fileSizeBefore,
    };
  } finally {
    await image.close();
  }
}

/** The journal's place beside the image may be taken by another change's that is still in flight. */
async function requireFreePlace(
  journal: JournalContents,
  imagePath: string,
  options: HistoryOptions,
): Promise<void> {
  const place = inFlightPath(imagePath);
  if (path.resolve(journal.path) === path.resolve(place) || !(await exists(place))) return;
  if ((await settleLeftover(imagePath, options)) === null) throw pendingError(imagePath);
}

async function newestUsable(imagePath: string, options: UndoOptions): Promise<JournalContents> {
  const real = await realPath(imagePath);
  const pending = await pendingJournal(real);
  if (pending) return pending;
  const candidates = await journalsOf(real, options);
  let reason: string | null = null;
  const image = await NodeFile.open(real, 'read');
  try {
    for (const journal of candidates) {
      const why = await whyUnusable(image, journal, options);
      if (why === null) return journal;
      reason ??= why;
    }
  } finally {
    await image.close();
  }
  const newest = candidates[0];
  if (newest && reason !== null) throw invalidJournal(newest.path, reason);
  throw new AppError('nothing-to-undo', `No change of "${imagePath}" is on record.`, {
    context: { path: imagePath },
  });
}

/** Journals of an image, newest first: those that lie beside it, and those of the history that name it. */
async function journalsOf(imagePath: string, options: HistoryOptions): Promise<JournalContents[]> {
  const found: JournalContents[] = [];
  for (const journalPath of await journalPaths(options, imagePath)) {
    const journal = await readJournal(journalPath).catch(() => null);
    if (!journal) continue;
    const isBeside = path.dirname(journalPath) === path.dirname(imagePath);
    if (isBeside || journal.begin.imagePath === imagePath) found.push(journal);
  }
  return found.sort((a, b) => b.begin.createdAt.localeCompare(a.begin.createdAt));
}

/**
 * The image that a journal may be played back into: the one it lies beside, or, in our own history, the one it names.
 * What a journal from elsewhere says about paths is not followed.
 */
async function imageOf(journal: JournalContents, options: HistoryOptions): Promise<string> {
  const journalPath = path.resolve(journal.path);
  if (isInHistory(journalPath, options)) return realPath(journal.begin.imagePath);
  const beside = imageOfJournalPath(journalPath);
  if (beside === null || !(await exists(beside)))
    throw invalidJournal(journal.path, 'there is no image beside it, and it is not in the history folder');
  return realPath(beside);
}

const isInHistory = (journalPath: string, options: HistoryOptions): boolean =>
  path.dirname(path.resolve(journalPath)) === path.resolve(historyFolder(options));

/** Why a journal cannot be used on an image now, in words; null where it can. Writes nothing. */
export async function whyUnusable(
  image: RandomAccessFile,
  journal: JournalContents,
  options: HistoryOptions = {},
): Promise<string | null> {
  const { begin, commit, saved } = journal;
  if (!journal.armed || (commit === null && isInHistory(journal.path, options)))
    return 'it is cut short: the end that every settled journal has is missing';
  if (commit !== null && journal.torn && !journal.undoing)
    return 'bytes were added to it, or its end is damaged';
  const source = await NodeFile.open(journal.path, 'read');
  try {
    if (commit !== null && !journal.undoing) {
      const sizeBytes = await image.size();
      if (sizeBytes !== commit.fileSizeAfter)
        return `the image has ${sizeBytes} bytes, not the ${commit.fileSizeAfter} that the change left: it was changed since`;
      if ((await hashMetadata(image)) !== commit.metadataHashAfter)
        return 'the metadata of the image is not what the change left: it was changed since, or it is another image';
      if (
        (await hashRanges(image, changedRanges(saved, begin.fileSizeBefore, sizeBytes))) !==
        commit.rangesHashAfter
      )
        return 'bytes that the change wrote were changed since';
    }
    const before = await hashMetadata(new RolledBackView(image, source, journal));
    if (before !== begin.metadataHashBefore)
      return 'putting its bytes back would not give the image as it was: the image was changed since, the journal belongs to another image, or it is cut short';
    return null;
  } finally {
    await source.close();
  }
}

/**
 * Every journal there is, newest first, those beside `imagePath` included where one is given; each with its image
 * looked at, so that its state is today's.
 */
export async function listJournals(
  options: HistoryOptions & { readonly imagePath?: string } = {},
): Promise<JournalSummary[]> {
  const imagePath = options.imagePath === undefined ? undefined : await realPath(options.imagePath);
  const summaries: JournalSummary[] = [];
  for (const journalPath of await journalPaths(options, imagePath)) {
    summaries.push(await summarize(journalPath, options));
  }
  return summaries.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}

async function summarize(journalPath: string, options: HistoryOptions): Promise<JournalSummary> {
  let journal: JournalContents;
  try {
    journal = await readJournal(journalPath);
  } catch (error) {
    return damagedSummary(journalPath, error);
  }
  const { begin, commit, saved } = journal;
  const reason = await reasonNow(journal, options);
  const cut = commit === null && isInHistory(journalPath, options);
  const state: JournalState = cut ? 'damaged' : isPending(journal) ? 'inFlight' : 'settled';
  return {
    id: begin.id,
    journalPath,
    // beside an image the place counts, not what the file says
    imagePath: isInHistory(journalPath, options)
      ? begin.imagePath
      : (imageOfJournalPath(journalPath) ?? begin.imagePath),
    operation: begin.operation,
    title: begin.title,
    state,
    createdAt: begin.createdAt,
    sizeBytes: journal.sizeBytes,
    changedBytes: commit?.changedBytes ?? saved.reduce((sum, range) => sum + range.end - range.start, 0),
    uniqueId: begin.uniqueId,
    usable: reason === null,
    reason,
  };
}

async function reasonNow(journal: JournalContents, options: HistoryOptions): Promise<string | null> {
  try {
    const image = await NodeFile.open(await imageOf(journal, options), 'read');
    try {
      return await whyUnusable(image, journal, options);
    } finally {
      await image.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return typeof error.data['reason'] === 'string' ? error.data['reason'] : error.message;
  }
}

async function damagedSummary(journalPath: string, error: unknown): Promise<JournalSummary> {
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
  const image = imageOfJournalPath(journalPath) ?? journalPath;
  const isBeside = path.resolve(journalPath) === path.resolve(inFlightPath(image));
  if (journal && isBeside && isPending(journal) && (await exists(image))) throw pendingError(image);
  await removeJournal(journalPath);
}

/** Removes the oldest settled journals of the history until it holds at most `maxBytes`. @returns the removed paths. */
export async function pruneHistory(maxBytes: number, options: HistoryOptions = {}): Promise<string[]> {
  const journals: { path: string; sizeBytes: number; modifiedMs: number }[] = [];
  for (const journalPath of await journalPaths(options)) {
    const stats = await fs.stat(journalPath).catch(() => null);
    if (stats) journals.push({ path: journalPath, sizeBytes: stats.size, modifiedMs: stats.mtimeMs });
  }
  journals.sort((a, b) => a.modifiedMs - b.modifiedMs);
  let total = journals.reduce((sum, journal) => sum + journal.sizeBytes, 0);
  const removed: string[] = [];
  for (const journal of journals) {
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

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
