import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { UndoResult } from '../../../src-shared/model/undo';
import { NodeFile, openForWriting, type LockOptions } from '../io';
import { encodeUndone, invalidJournal, isPending, type JournalContents } from './journal-contents';
import { readJournal, removeJournal, settleLeftover } from './journal-reader';
import { markUndoing, pendingError } from './journal-writer';
import { putBackModified } from './journaled-file';
import { imageOfJournalPath, inFlightPath, JOURNAL_SUFFIX } from './journal-names';
import { exists, journalPaths, keepRecord, moveBeside, type HistoryOptions } from './journal-store';
import { interruptedError, mergeMarkOf } from './merge-mark';
import { requireNotBeingMerged } from './merge-under-way';
import { pendingJournal, realPath } from './pending-journal';
import { otherNames } from './other-names';
import { findRenamed, imageGone, isGone, nothingToUndo } from './renamed-image';
import { restoreSaved } from './restore';
import { requireUndoHarmless, type UndoChildrenOptions } from './undo-children';
import { isInHistory, whyUnusable } from './why-unusable';

export { isInHistory, whyUnusable };

export interface UndoOptions extends HistoryOptions, LockOptions, UndoChildrenOptions {
  /** Leave no record of it in the history: the change is about to be made anew. */
  readonly noRecord?: boolean | undefined;
}

/**
 * Takes back the newest change of an image that can be taken back, or the one of a journal that is named.
 * @param target an image or a journal.
 * @throws AppError `nothing-to-undo`, `journal-invalid` with the reason, `has-children`, `journal-pending` where a merge
 *   of or into the image was interrupted, and those of openForWriting.
 */
export async function undoImage(target: string, options: UndoOptions = {}): Promise<UndoResult> {
  const { journal, imagePath } = await findUndoable(target, options);
  if (!isPending(journal)) await requireNotBeingMerged(imagePath, options.mayOpen);
  const image = await openForWriting(imagePath, options);
  try {
    const reason = await whyUnusable(image, journal, options);
    if (reason !== null) throw invalidJournal(journal.path, reason);
    const warnings = await requireUndoHarmless(image, journal, options);
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
        encodeUndone({ ...journal.begin, imagePath }, { undoneAt: new Date().toISOString(), restoredBytes }),
        options,
      );
    await removeJournal(beside.path);
    return {
      imagePath,
      journalPath: journal.path,
      restoredBytes,
      fileSizeBytes: journal.begin.fileSizeBefore,
      warnings,
    };
  } finally {
    await image.close();
  }
}

interface Undoable {
  readonly journal: JournalContents;
  /** The image that it is played back into. */
  readonly imagePath: string;
}

async function findUndoable(target: string, options: UndoOptions): Promise<Undoable> {
  const found = target.endsWith(JOURNAL_SUFFIX)
    ? await ofNamedJournal(target, options)
    : await newestUsable(target, options);
  const { journal, imagePath } = found;
  if (journal.undone !== null) throw alreadyUndone(journal);
  if (mergeMarkOf(journal.begin)) throw interruptedError(journal, imagePath);
  return found;
}

async function ofNamedJournal(journalPath: string, options: UndoOptions): Promise<Undoable> {
  const journal = await readJournal(journalPath);
  if (journal.undone !== null) throw alreadyUndone(journal);
  return { journal, imagePath: await imageOf(journal, options) };
}

/** The journal's place beside the image may be taken by another change's that is still in flight. */
async function requireFreePlace(
  journal: JournalContents,
  imagePath: string,
  options: HistoryOptions,
): Promise<void> {
  const place = inFlightPath(imagePath);
  if (path.resolve(journal.path) === path.resolve(place) || !(await exists(place))) return;
  if ((await settleLeftover(imagePath, options)) !== null) return;
  const pending = await pendingJournal(imagePath).catch(() => null);
  throw pending ? interruptedError(pending, imagePath) : pendingError(imagePath);
}

function alreadyUndone({ path: journalPath, undone }: JournalContents): AppError {
  return new AppError(
    'nothing-to-undo',
    `The change of "${journalPath}" was undone already, at ${undone?.undoneAt ?? 'an earlier time'}.`,
    { context: { path: journalPath } },
  );
}

async function newestUsable(target: string, options: UndoOptions): Promise<Undoable> {
  const imagePath = await realPath(target);
  const candidates: Undoable[] = [];
  for (const name of [imagePath, ...(await otherNames(imagePath, options))]) {
    const pending = await pendingJournal(name);
    if (pending) return { journal: pending, imagePath: name };
    for (const journal of await journalsOf(name, options)) candidates.push({ journal, imagePath: name });
  }
  candidates.sort((a, b) => b.journal.begin.createdAt.localeCompare(a.journal.begin.createdAt));
  let reason: string | null = null;
  const image = await NodeFile.open(imagePath, 'read');
  try {
    for (const candidate of candidates) {
      const why = await whyUnusable(image, candidate.journal, options);
      if (why === null) return candidate;
      reason ??= why;
    }
    const journal = await findRenamed(image, options);
    if (journal !== null) return { journal, imagePath };
    const [newest] = candidates;
    if (newest && reason !== null) throw invalidJournal(newest.journal.path, reason);
    throw await nothingToUndo(image, target, options);
  } finally {
    await image.close();
  }
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
  if (isInHistory(journalPath, options)) {
    const { imagePath } = journal.begin;
    if (await isGone(imagePath)) throw imageGone(imagePath);
    return realPath(imagePath);
  }
  const beside = imageOfJournalPath(journalPath, journal.begin.imagePath);
  if (beside === null || !(await exists(beside)))
    throw invalidJournal(journal.path, 'there is no image beside it, and it is not in the history folder');
  return realPath(beside);
}
