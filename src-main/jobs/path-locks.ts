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
  return {
    shared: new Set(request.reads.flatMap(fileKeys)),
    exclusive: new Set(request.writes.flatMap(fileKeys)),
  };
}

/** Whether two jobs may not run at once: one writes what the other reads or writes. */
export function conflicts(a: LockKeys, b: LockKeys): boolean {
  const touches = (writer: LockKeys, other: LockKeys): boolean =>
    [...writer.exclusive].some((key) => other.exclusive.has(key) || other.shared.has(key));
  return touches(a, b) || touches(b, a);
}

/**
 * A file's place, and, where it exists, device and inode: hard and symbolic links and other spellings of one file have
 * the latter in common; the former stays when a job replaces the file meanwhile, which gives its name to another inode.
 */
function fileKeys(file: string): string[] {
  const place = `place ${placeOf(file)}`;
  const inode = inodeOf(file);
  return inode === null ? [place] : [place, `inode ${inode}`];
}

/** The folder, known by its inode where it exists, and the name in it, as a file system that does not tell case apart sees it. */
function placeOf(file: string): string {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  const name = path.basename(absolute);
  const isExact = process.platform === 'linux';
  return `${inodeOf(folder) ?? folder}/${isExact ? name : name.normalize('NFC').toLowerCase()}`;
}

/** Null where it does not exist, or cannot be looked at. */
function inodeOf(file: string): string | null {
  try {
    const stats = fs.statSync(file, { bigint: true });
    return `${stats.dev}:${stats.ino}`;
  } catch {
    return null;
  }
}
