import fs from 'node:fs';
import path from 'node:path';

/** Files a job needs: shared for what it only reads (parents included), exclusive for what it makes or changes. */
export interface LockRequest {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** A request with its files named by what they are, not by one of their paths. */
export interface LockKeys {
  readonly shared: ReadonlySet<string>;
  readonly exclusive: ReadonlySet<string>;
}

export function lockKeys(request: LockRequest): LockKeys {
  return { shared: new Set(request.reads.map(fileKey)), exclusive: new Set(request.writes.map(fileKey)) };
}

/** Whether two jobs may not run at once: one writes what the other reads or writes. */
export function conflicts(a: LockKeys, b: LockKeys): boolean {
  const touches = (writer: LockKeys, other: LockKeys): boolean =>
    [...writer.exclusive].some((key) => other.exclusive.has(key) || other.shared.has(key));
  return touches(a, b) || touches(b, a);
}

/** Device and inode of an existing file, so that links and other spellings are one; the real folder and name of a new one. */
function fileKey(file: string): string {
  try {
    const stats = fs.statSync(file, { bigint: true });
    return `inode ${stats.dev}:${stats.ino}`;
  } catch {
    // It does not exist yet, or cannot be looked at: its place stands for it.
    const absolute = path.resolve(file);
    const place = path.join(realFolder(path.dirname(absolute)), path.basename(absolute));
    return `path ${process.platform === 'linux' ? place : place.toLowerCase()}`;
  }
}

function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return folder;
  }
}
