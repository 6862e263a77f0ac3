import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { UndoResult } from '../../../src-shared/model/undo';
import { NodeFile, openForWriting, type LockOptions, type RandomAccessFile } from '../io';
import {
  encodeUndone,
  invalidJournal,
  markUndoing,
  pendingError,
  readJournal,
  removeJournal,
  settleLeftover,
  type JournalContents,
} from './journal';
import { changedRanges, putBackModified } from './journaled-file';
import { imageOfJournalPath, inFlightPath, JOURNAL_SUFFIX } from './journal-names';
import {
  exists,
  historyFolder,
  journalPaths,
  keepRecord,
  moveBeside,
  type HistoryOptions,
} from './journal-store';
import { mergeAdvice, mergeMarkOf, mergePendingError } from './merge-mark';
import { pendingJournal, realPath } from './pending-journal';
import { restoreSaved, RolledBackView } from './restore';
import { hashMetadata, hashRanges } from './state-hash';
import { requireUndoHarmless, type UndoChildrenOptions } from './undo-children';

export interface UndoOptions extends HistoryOptions, LockOptions, UndoChildrenOptions {
  /** Leave no record of it in the history: the change is about to be made anew. */
  readonly noRecord?: boolean | undefined;
}

/** @throws AppError `journal-pending` where an earlier change of the image was interrupted. Every writing verb asks first. */
export async function requireNoPendingJournal(imagePath: string): Promise<void> {
  const pending = await pendingJournal(imagePath);
  if (!pending) return;
  const mark = mergeMarkOf(pending.begin);
  throw mark ? mergePendingError(mark, imagePath) : pendingError(imagePath);
}

/**
 * Takes back the newest change of an image that can be taken back, or the one of a journal that is named.
 * @param target an image or a journal.
 * @throws AppError `nothing-to-undo`, `journal-invalid` with the reason, `has-children`, and those of openForWriting.
 */
export async function undoImage(target: string, options: UndoOptions = {}): Promise<UndoResult> {
  const journal = target.endsWith(JOURNAL_SUFFIX)
    ? await readJournal(target)
    : await newestUsable(target, options);
  if (journal.undone !== null) throw alreadyUndone(journal);
  const imagePath = await imageOf(journal, options);
  const mark = mergeMarkOf(journal.begin);
  if (mark) throw mergePendingError(mark, imagePath);
  const image = await openForWriting(imagePath, options);
  try {
    const reason = await whyUnusable(image, journal, options);
    if (reason !== null) throw invalidJournal(journal.path, reason);
    const brokenChildren = await requireUndoHarmless(image, journal, options);
    await requireFreePlace(journal, imagePath, options);
    const beside = { ...journal, path: await moveBeside(journal.path, imagePath) };
    await markUndoing(beside);
    const restoredBytes = await restoreSaved(image, beside);
    await putBackModified(image, journal.begin.modifiedNsBefore);
    await image.flush();
    if (!options.noRecord)
      await keepRecord(
        imagePath,
        journal.begin.id,
        encodeUndone(journal.begin, { undoneAt: new Date().toISOString(), restoredBytes }),
        options,
      );
    await removeJournal(beside.path);
    return {
      imagePath,
      journalPath: journal.path,
      restoredBytes,
      fileSizeBytes: journal.begin.fileSizeBefore,
      warnings: brokenChildren.map((child) => `"${child}" is a child of what was changed and is broken now.`),
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

function alreadyUndone({ path: journalPath, undone }: JournalContents): AppError {
  return new AppError(
    'nothing-to-undo',
    `The change of "${journalPath}" was undone already, at ${undone?.undoneAt ?? 'an earlier time'}.`,
    { context: { path: journalPath } },
  );
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
export async function journalsOf(imagePath: string, options: HistoryOptions): Promise<JournalContents[]> {
  const found: JournalContents[] = [];
  for (const journalPath of await journalPaths(options, imagePath)) {
    const journal = await readJournal(journalPath).catch(() => null);
    if (!journal) continue;
    if (journal.undone !== null) continue;
    const isBeside = path.dirname(journalPath) === path.dirname(imagePath);
    if (isBeside || journal.begin.imagePath === imagePath) found.push(journal);
  }
  return found.sort((a, b) => b.begin.createdAt.localeCompare(a.begin.createdAt));
}

/**
 * The image that a journal may be played back into: the one it lies beside, or, in our own history, the one it names.
 * What a journal from elsewhere says about paths is not followed.
 */
export async function imageOf(journal: JournalContents, options: HistoryOptions): Promise<string> {
  const journalPath = path.resolve(journal.path);
  if (isInHistory(journalPath, options)) return realPath(journal.begin.imagePath);
  const beside = imageOfJournalPath(journalPath, journal.begin.imagePath);
  if (beside === null || !(await exists(beside)))
    throw invalidJournal(journal.path, 'there is no image beside it, and it is not in the history folder');
  return realPath(beside);
}

export const isInHistory = (journalPath: string, options: HistoryOptions): boolean =>
  path.dirname(path.resolve(journalPath)) === path.resolve(historyFolder(options));

/** Why a journal cannot be used on an image now, in words; null where it can. Writes nothing. */
export async function whyUnusable(
  image: RandomAccessFile,
  journal: JournalContents,
  options: HistoryOptions = {},
): Promise<string | null> {
  const { begin, commit, saved } = journal;
  const mark = mergeMarkOf(begin);
  if (mark) return mergeAdvice(mark, begin.imagePath);
  if (journal.undone !== null) return `it was undone at ${journal.undone.undoneAt}`;
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
