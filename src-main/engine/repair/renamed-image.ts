/** Changes on record of an image that has another name now: its unique id and the state after the change tell it. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { readMetadata } from '../disk/metadata';
import type { RandomAccessFile } from '../io';
import type { JournalContents } from './journal-contents';
import { readJournal, readJournalBegin } from './journal-reader';
import { journalPaths, type HistoryOptions } from './journal-store';
import { whyUnusable } from './why-unusable';

/**
 * The newest change in the history whose image is gone from its path, and which left the very state that this image is
 * in; null where there is none. Where the folder is gone as well, it may only not be mounted: that is left to a person.
 */
export async function findRenamed(
  image: RandomAccessFile,
  options: HistoryOptions,
): Promise<JournalContents | null> {
  for (const journal of await ofSameId(image, options)) {
    const { imagePath } = journal.begin;
    if (journal.commit === null || !(await isGone(imagePath)) || (await isGone(path.dirname(imagePath))))
      continue;
    if ((await whyUnusable(image, journal, options)) === null) return journal;
  }
  return null;
}

/** What to say of an image that no change is on record of. */
export async function nothingToUndo(
  image: RandomAccessFile,
  named: string,
  options: HistoryOptions,
): Promise<AppError> {
  const context = { path: named };
  const [other] = await ofSameId(image, options);
  if (!other) return new AppError('nothing-to-undo', `No change of "${named}" is on record.`, { context });
  const then = other.begin.imagePath;
  return new AppError(
    'nothing-to-undo',
    `No change of "${named}" is on record, but one of an image with the same unique id, then called "${then}".`,
    {
      context,
      hint: (await isGone(then))
        ? 'If that is this image, give it the old name and place back, and undo it there; it must be as that change left it.'
        : 'If this image is a copy of that one, undo the change there.',
      data: { journal: other.path, imagePath: then },
    },
  );
}

/** Newest first. */
async function ofSameId(image: RandomAccessFile, options: HistoryOptions): Promise<JournalContents[]> {
  const id = (await readMetadata(image, false)).active?.fields.uniqueId ?? NULL_UUID;
  if (id === NULL_UUID) return [];
  const found: JournalContents[] = [];
  for (const journalPath of await journalPaths(options)) {
    const begin = await readJournalBegin(journalPath).catch(() => null);
    if (begin?.uniqueId !== id) continue;
    const journal = await readJournal(journalPath).catch(() => null);
    if (journal && journal.undone === null) found.push(journal);
  }
  return found.sort((a, b) => b.begin.createdAt.localeCompare(a.begin.createdAt));
}

export function imageGone(imagePath: string): AppError {
  return new AppError('file-not-found', `"${imagePath}", whose change this journal keeps, does not exist.`, {
    context: { path: imagePath },
    unchanged: 'Nothing was written.',
    hint: 'If the image was renamed, name it as it is called now: "platter undo FILE".',
  });
}

/** Whether there is certainly nothing at a path. */
export const isGone = (file: string): Promise<boolean> =>
  fs.lstat(file).then(
    () => false,
    (error: unknown) => (error as { code?: unknown }).code === 'ENOENT',
  );
