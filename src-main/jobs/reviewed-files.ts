import { AppError } from '../../src-shared/errors';
import { formatSizeBoth } from '../../src-shared/vhd/format-size';
import { identityOfPath, isSameFile, isSameState, type FileIdentity } from '../engine';

/** A file in the state in which a review showed it; null where there was none. Plain data: it goes to another thread. */
export interface ReviewedFile {
  readonly path: string;
  readonly identity: FileIdentity | null;
}

/** The files as they are now. */
export function lookAtFiles(paths: readonly string[]): Promise<ReviewedFile[]> {
  return Promise.all([...new Set(paths)].map(async (path) => ({ path, identity: await stateOf(path) })));
}

/** Whether each file is still the one that was reviewed, in the same state. @throws AppError `file-changed`, saying what changed. */
export async function requireReviewed(files: readonly ReviewedFile[]): Promise<void> {
  const now = await lookAtFiles(files.map(({ path }) => path));
  for (const [index, { path, identity }] of files.entries()) {
    const how = howChanged(identity, now[index]?.identity ?? null);
    if (how !== null) throw reviewOutdated(`"${path}" ${how}.`, path);
  }
}

export function reviewOutdated(message: string, path?: string): AppError {
  return new AppError('file-changed', message, {
    ...(path === undefined ? {} : { context: { path } }),
    unchanged: 'Nothing was written.',
    hint: 'Look at the review again: it then shows what would be done now.',
  });
}

// What cannot be looked at is told by the operation itself, which says why.
const stateOf = (path: string): Promise<FileIdentity | null> => identityOfPath(path).catch(() => null);

function howChanged(seen: FileIdentity | null, now: FileIdentity | null): string | null {
  if (seen === null) return now === null ? null : 'was not there when the review was made, and is now';
  if (now === null) return 'has gone since the review was made';
  if (isSameState(seen, now)) return null;
  if (!isSameFile(seen, now)) return 'was replaced by another file since the review was made';
  if (seen.sizeBytes !== now.sizeBytes)
    return `was changed since the review was made: it had ${formatSizeBoth(seen.sizeBytes)} and has ${formatSizeBoth(now.sizeBytes)} now`;
  if (seen.modifiedNs !== now.modifiedNs) return 'was written to since the review was made';
  return 'was changed since the review was made, in its content or its attributes';
}
