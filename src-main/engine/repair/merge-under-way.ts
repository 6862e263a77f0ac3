/** Merges that an image is a part of: their mark lies beside an ancestor, not beside the image itself. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { peekImage, type PeekedImage } from '../chain';
import { besideChild, candidatePaths } from '../chain/candidate-paths';
import { isAllowed, type MayOpen } from '../chain/may-open';
import { CHAIN_DEPTH_MAX } from '../chain/open-disk';
import { isPending, type JournalContents } from './journal-contents';
import { readJournal, readJournalBegin } from './journal-reader';
import { imageOfJournalPath, inFlightPath, JOURNAL_SUFFIX } from './journal-names';
import { beingMergedError, interruptedError, mergeMarkOf, type MergeMark } from './merge-mark';
import { pendingJournal, realPath } from './pending-journal';

/** A merge that was begun and not finished. */
export interface MergeUnderWay {
  /** The image that is merged into. */
  readonly parentPath: string;
  readonly mark: MergeMark;
  readonly journal: JournalContents;
}

/** The merge of `imagePath` into one of its ancestors that was begun and not finished; null where there is none. */
export async function mergeUnderWayOf(imagePath: string, mayOpen?: MayOpen): Promise<MergeUnderWay | null> {
  const image = await peekImage(await realPath(imagePath)).catch(() => null);
  const id = image?.metadata.active?.fields.uniqueId ?? NULL_UUID;
  if (image?.metadata.type !== 'differencing' || id === NULL_UUID) return null;
  for (const journalPath of await journalsBeside(image.path)) {
    const found = await markIn(journalPath, id, mayOpen);
    if (found) return found;
  }
  return amongAncestors(image, id, mayOpen);
}

async function amongAncestors(
  image: PeekedImage,
  id: string,
  mayOpen: MayOpen | undefined,
): Promise<MergeUnderWay | null> {
  const seen = new Set<string>();
  let line: PeekedImage[] = [image];
  for (let depth = 0; line.length > 0 && depth < CHAIN_DEPTH_MAX; depth += 1) {
    const above: PeekedImage[] = [];
    for (const child of line) {
      for (const candidate of await parentPathsOf(child, mayOpen)) {
        if (seen.has(candidate)) continue;
        seen.add(candidate);
        const found = await markIn(inFlightPath(candidate), id, mayOpen);
        if (found) return found;
        const parent = await peekImage(candidate).catch(() => null);
        const isParent =
          parent?.metadata.active?.fields.uniqueId === child.metadata.header?.fields.parentUniqueId;
        if (parent?.metadata.type === 'differencing' && isParent) above.push(parent);
      }
    }
    line = above;
  }
  return null;
}

/** Files that an image's locators and its parent's name may mean, as far as they exist, links followed. */
async function parentPathsOf(
  { path: imagePath, locators, metadata }: PeekedImage,
  mayOpen: MayOpen | undefined,
): Promise<readonly string[]> {
  const folder = path.dirname(imagePath);
  const candidates = locators.flatMap((one) => (one.path === null ? [] : candidatePaths(one.path, folder)));
  const byName = besideChild(metadata.header?.fields.parentUnicodeName ?? '', folder);
  const found: string[] = [];
  for (const candidate of byName ? [...candidates, byName] : candidates) {
    if (!(await isAllowed(candidate.path, mayOpen))) continue;
    const real = await fs.realpath(candidate.path).catch(() => null);
    if (real !== null) found.push(real);
  }
  return found;
}

async function journalsBeside(imagePath: string): Promise<readonly string[]> {
  const folder = path.dirname(imagePath);
  const entries = await fs.readdir(folder).catch(() => []);
  return entries.filter((name) => name.endsWith(JOURNAL_SUFFIX)).map((name) => path.join(folder, name));
}

/** The mark of a merge of the image with this id that a journal in flight is, its parent still there. */
async function markIn(
  journalPath: string,
  id: string,
  mayOpen: MayOpen | undefined,
): Promise<MergeUnderWay | null> {
  if (!(await isAllowed(journalPath, mayOpen))) return null;
  const stats = await fs.lstat(journalPath).catch(() => null);
  if (!stats?.isFile()) return null;
  const begin = await readJournalBegin(journalPath).catch(() => null);
  const mark = begin && mergeMarkOf(begin);
  if (!mark?.layerIds.includes(id)) return null;
  const parentPath = imageOfJournalPath(journalPath, begin?.imagePath);
  if (parentPath === null || inFlightPath(parentPath) !== journalPath) return null;
  if (!(await fs.lstat(parentPath).catch(() => null))?.isFile()) return null;
  const journal = await readJournal(journalPath).catch(() => null);
  return journal && isPending(journal) ? { parentPath, mark, journal } : null;
}

/** @throws AppError `journal-pending` while the image is merged into one of its ancestors: it must stay as it is. */
export async function requireNotBeingMerged(imagePath: string, mayOpen?: MayOpen): Promise<void> {
  const found = await mergeUnderWayOf(imagePath, mayOpen);
  if (found) throw beingMergedError(found.mark, found.parentPath, imagePath);
}

/** @throws AppError `journal-pending` where an earlier change of the image itself was interrupted. */
export async function requireNotHalfChanged(imagePath: string): Promise<void> {
  const pending = await pendingJournal(imagePath);
  if (pending) throw interruptedError(pending, imagePath);
}

/**
 * @throws AppError `journal-pending` where an earlier change of the image was interrupted, or a merge of it into another.
 *   Every verb that changes an image where it lies asks first.
 */
export async function requireNoPendingJournal(imagePath: string, mayOpen?: MayOpen): Promise<void> {
  await requireNotHalfChanged(imagePath);
  await requireNotBeingMerged(imagePath, mayOpen);
}
