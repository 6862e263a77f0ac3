/**
 * The mark of a merge into a parent that is under way: a journal in flight that saves nothing. Such a merge only rolls
 * forward (DESIGN rule 5), so that the journal does not say how to take it back but how to go on.
 */
import fs from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors';
import type { JournalBegin, JournalContents } from './journal-contents';
import { removeJournal } from './journal-reader';
import { JournalWriter, pendingError } from './journal-writer';
import { inFlightPath } from './journal-names';
import { inFlightPathOf, pendingJournal, realPath } from './pending-journal';

/** What is needed to go on with a merge. */
export interface MergeMark {
  readonly childPath: string;
  /** Unique ids of the images that are merged, the child's first. */
  readonly layerIds: readonly string[];
  /** The images are merged further down than into the child's parent. */
  readonly isDeep: boolean;
  /** Other children of the parent were accepted as lost. */
  readonly breaksChildren: boolean;
  /** The unique id that the parent then gets, once it is verified; null in marks of versions that did not tell. */
  readonly newId: string | null;
}

/** The mark that a journal is; null where it is another journal, whose change can be rolled back. */
export function mergeMarkOf({ operation, request }: JournalBegin): MergeMark | null {
  if (operation !== 'merge' || typeof request !== 'object' || request === null) return null;
  const { rollForward } = request as { rollForward?: unknown };
  if (typeof rollForward !== 'object' || rollForward === null) return null;
  const { childPath, layerIds, isDeep, breaksChildren, newId } = rollForward as Record<string, unknown>;
  if (typeof childPath !== 'string' || !Array.isArray(layerIds)) return null;
  return {
    childPath,
    layerIds: layerIds.filter((id): id is string => typeof id === 'string'),
    isDeep: isDeep === true,
    breaksChildren: breaksChildren === true,
    newId: typeof newId === 'string' ? newId : null,
  };
}

/** The command that goes on with the merge. */
const mergeCommand = ({ childPath, isDeep, breaksChildren }: MergeMark, parentPath: string): string =>
  `platter merge "${childPath}"${isDeep ? ` --down-to "${parentPath}"` : ''}${breaksChildren ? ' --break-children' : ''}`;

/** Why an interrupted merge is not taken back, and what to do instead; one sentence each. */
export const mergeAdvice = (mark: MergeMark, parentPath: string): string =>
  `A merge is not rolled back: what it replaced is not kept. Run ${mergeCommand(mark, parentPath)} again: it goes on where it stopped. Until then other children of this parent see mixed content.`;

/** A merge that was cancelled when the parent held some of it already. */
export const mergeCancelledError = (mark: MergeMark, parentPath: string, cause: AppError): AppError =>
  new AppError('merge-unfinished', `"${parentPath}" holds only part of what is merged into it.`, {
    cause,
    context: { path: parentPath },
    unchanged: `"${mark.childPath}" is untouched and still shows what it did.`,
    hint: mergeAdvice(mark, parentPath),
    data: { journal: inFlightPath(parentPath), child: mark.childPath },
  });

/** @returns an error that says how to go on with the merge, for whoever would change the parent. */
export const mergePendingError = (mark: MergeMark, parentPath: string): AppError =>
  stoppedByMerge(
    `The merge of "${mark.childPath}" into "${parentPath}" was interrupted.`,
    mark,
    parentPath,
    parentPath,
  );

/** The same for whoever would change an image that is merged: what was merged already would not fit the rest. */
export const beingMergedError = (mark: MergeMark, parentPath: string, imagePath: string): AppError =>
  stoppedByMerge(
    `The merge of "${imagePath}" into "${parentPath}" was interrupted: until it is done, the image must stay as it is.`,
    mark,
    parentPath,
    imagePath,
  );

function stoppedByMerge(message: string, mark: MergeMark, parentPath: string, imagePath: string): AppError {
  return new AppError('journal-pending', message, {
    context: { path: imagePath },
    unchanged: 'Nothing was written.',
    hint: `${mergeAdvice(mark, parentPath)} If that image is gone, "platter undo --remove" with the journal forgets the merge.`,
    data: { journal: inFlightPath(parentPath), child: mark.childPath },
  });
}

/** A change that stands in the way, in the words that fit it: a merge goes on, everything else is rolled back. */
export function interruptedError({ begin }: JournalContents, imagePath: string): AppError {
  const mark = mergeMarkOf(begin);
  return mark ? mergePendingError(mark, imagePath) : pendingError(imagePath);
}

/**
 * The mark of a merge of these images into `parentPath` that was begun before; null where there is none.
 * @param layerIds of all that is merged now; with the child of the earlier merge among them, everything that was half
 * written is written again.
 * @throws AppError `journal-pending` where another change of the parent was begun and not finished.
 */
export async function resumedMerge(
  parentPath: string,
  layerIds: readonly string[],
): Promise<MergeMark | null> {
  const imagePath = await realPath(parentPath);
  const pending = await pendingJournal(imagePath);
  if (!pending) return null;
  const mark = mergeMarkOf(pending.begin);
  const childId = mark?.layerIds[0];
  if (mark && childId !== undefined && layerIds.includes(childId)) return mark;
  throw interruptedError(pending, imagePath);
}

/** Puts the mark beside the parent, durably: before the first write into it. */
export async function beginMergeMark(
  parent: {
    readonly path: string;
    readonly uniqueId: string | null;
    readonly fileSizeBytes: number;
  },
  mark: MergeMark,
): Promise<void> {
  const imagePath = await realPath(parent.path);
  const stats = await fs.stat(imagePath, { bigint: true });
  const writer = await JournalWriter.create({
    operation: 'merge',
    title: `Merge of "${mark.childPath}" into this image`,
    imagePath,
    fileSizeBefore: parent.fileSizeBytes,
    modifiedNsBefore: String(stats.mtimeNs),
    uniqueId: parent.uniqueId,
    metadataHashBefore: '',
    request: { rollForward: mark },
  });
  try {
    await writer.barrier();
  } finally {
    await writer.close();
  }
}

/** Takes the mark away: the merge is done. */
export async function endMergeMark(parentPath: string): Promise<void> {
  await removeJournal(await inFlightPathOf(parentPath));
}
