/** How undo journals are named after their image, and back. */
import type crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cutNameToFit, NAME_BYTES_MAX } from '../io/cut-name';

/** `<image>.platter-undo` is in flight; whoever finds the image finds it. */
export const JOURNAL_SUFFIX = '.platter-undo';
const SHORT_HASH_DIGITS = 16;
const require = createRequire(import.meta.url);
const SETTLED = /^(.*)\.([0-9a-f]{8}-[0-9a-f-]{27})$/s;

/**
 * Where the journal of a change in flight lies. An image whose name leaves no room for the suffix has its name cut and
 * a hash of the whole name put behind: the same image always leads to the same journal.
 */
export function inFlightPath(imagePath: string): string {
  const name = path.basename(imagePath);
  if (Buffer.byteLength(name + JOURNAL_SUFFIX) <= NAME_BYTES_MAX) return `${imagePath}${JOURNAL_SUFFIX}`;
  // Loaded here: it costs more than 2 ms, every look at an image asks for this name, and few names are so long.
  const { createHash } = require('node:crypto') as typeof crypto;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, SHORT_HASH_DIGITS);
  return path.join(path.dirname(imagePath), cutNameToFit(name, `.${hash}${JOURNAL_SUFFIX}`));
}

/** A settled journal's name: one of its own, as an image may have many. */
export const settledName = (imageName: string, id: string): string =>
  cutNameToFit(imageName, `.${id}${JOURNAL_SUFFIX}`);

/** Whether a file of this name is a journal of the image of that name beside it, in flight or settled. */
export function isJournalNameOf(entry: string, imageName: string): boolean {
  if (entry === inFlightPath(imageName)) return true;
  if (!entry.endsWith(JOURNAL_SUFFIX)) return false;
  const id = SETTLED.exec(entry.slice(0, -JOURNAL_SUFFIX.length))?.[2];
  return id !== undefined && settledName(imageName, id) === entry;
}

/**
 * The image that a journal beside it belongs to, or null where the name says nothing of the kind.
 * @param begunPath what the journal says its image was: only its last name counts, and only where the journal's own
 * name was cut from it. The folder is always the journal's.
 */
export function imageOfJournalPath(journalPath: string, begunPath?: string): string | null {
  if (!journalPath.endsWith(JOURNAL_SUFFIX)) return null;
  const begunName = begunPath === undefined ? '' : path.basename(begunPath);
  if (begunName !== '' && isJournalNameOf(path.basename(journalPath), begunName))
    return path.join(path.dirname(journalPath), begunName);
  const stem = journalPath.slice(0, -JOURNAL_SUFFIX.length);
  return SETTLED.exec(stem)?.[1] ?? stem;
}
