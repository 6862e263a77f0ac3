/** The journal of a change that is in flight, beside its image. */
import fs from 'node:fs/promises';
import { systemError } from '../io';
import { isPending, type JournalContents } from './journal-contents';
import { readJournal } from './journal-reader';
import { inFlightPath } from './journal-names';
import { exists } from './journal-store';

/** The real path of an image, so that its journal lies beside the file and not beside a link to it. */
export async function realPath(imagePath: string): Promise<string> {
  try {
    return await fs.realpath(imagePath);
  } catch (error) {
    throw systemError(error, { path: imagePath, operation: 'open' });
  }
}

/** Where the journal of an image in flight lies, whether there is one or not; the image may be named by a link. */
export const inFlightPathOf = async (imagePath: string): Promise<string> =>
  inFlightPath(await realPath(imagePath));

/** A change that was begun and not settled, or undone halfway, beside `imagePath`; null where there is none. */
export async function pendingJournal(imagePath: string): Promise<JournalContents | null> {
  const journalPath = await inFlightPathOf(imagePath);
  if (!(await exists(journalPath))) return null;
  const journal = await readJournal(journalPath);
  return isPending(journal) ? journal : null;
}
