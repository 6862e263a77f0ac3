import fs from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors';
import type { FileIdentity } from './file-identity';
import { nativeFs, type NativeFs } from './native';
import { NodeFile } from './node-file';

export interface LockOptions {
  /** Go on where no lock can be had at all; the person insisted. A lock that somebody else holds always stops. */
  readonly allowUnlocked?: boolean | undefined;
}

/**
 * Takes the exclusive lock that writing needs, for as long as the handle is open. Other Platter processes respect
 * it, and QEMU's writers do; it is advisory on Linux and macOS, mandatory on Windows.
 * @returns whether a lock is held; false only with `allowUnlocked`.
 * @throws AppError `file-in-use` where another holds one, `lock-unavailable` where locks cannot be had.
 */
export function lockExclusive(file: NodeFile, options: LockOptions = {}): boolean {
  const native = nativeFs();
  let reason = 'the locking helper (fs-native-extensions) of this installation could not be loaded';
  if (native) {
    try {
      if (native.tryLock(file.fd)) return true;
      throw new AppError(
        'file-in-use',
        `"${file.path}" is being used by another program or another Platter.`,
        {
          context: { path: file.path, operation: 'lock' },
          unchanged: 'Nothing was written.',
        },
      );
    } catch (error) {
      if (error instanceof AppError) throw error;
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  if (options.allowUnlocked) return false;
  throw new AppError('lock-unavailable', `"${file.path}" cannot be locked: ${reason}.`, {
    context: { path: file.path, operation: 'lock' },
    unchanged: 'Nothing was written.',
    ...(native
      ? {}
      : { hint: 'Install Platter again; its helper for locks is missing or does not fit this system.' }),
  });
}

/**
 * Whether it is worth trying a file's locks: false where Linux' list of all locks on this machine has none on a file of
 * this number. The helper that tries takes 12 ms to load, which a verb that only reads need not spend.
 */
export async function mayBeLocked({ inode }: FileIdentity): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  // by the number alone: the list's device is another than stat's on Btrfs
  return fs.readFile('/proc/locks', 'latin1').then(
    (list) => list.includes(`:${inode} `),
    () => true,
  );
}

/**
 * Locks a new file for as long as its handle is open: whoever comes upon it can tell by `probeLock` that a run is at work
 * on it. Where locks cannot be had it stays without: it is nobody else's, so that nothing depends on it.
 */
export function lockAsOwn(file: NodeFile): void {
  try {
    nativeFs()?.tryLock(file.fd, ...TRIED);
  } catch {
    // a file system without locks
  }
}

/** What a try at a file's locks showed: nobody holds one, somebody shares one, somebody has it alone, no telling. */
export type LockState = 'free' | 'shared' | 'exclusive' | 'unknown';

/**
 * COMPAT(Windows): a lock there keeps others from the bytes it covers, so the try is at a byte that no file has;
 * whoever locks the whole file, as Platter does, has that one, too. Elsewhere locks are advisory, and QEMU's lie on a
 * few bytes of its own: the whole file is tried.
 */
const TRIED: readonly [offset: number, length: number] =
  process.platform === 'win32' ? [2 ** 53 - 1, 1] : [0, 0];

/**
 * Who holds a lock on the file now; found by trying, and nothing stays locked or is written.
 * @throws AppError those of NodeFile.open.
 */
export async function probeLock(path: string): Promise<LockState> {
  const native = nativeFs();
  if (!native) return 'unknown';
  const file = await NodeFile.open(path, 'read');
  try {
    if (!native.tryLock(file.fd, ...TRIED, { shared: true })) return 'exclusive';
    native.unlock(file.fd, ...TRIED);
    return (await isLockable(native, file)) ? 'free' : 'shared';
  } catch {
    return 'unknown';
  } finally {
    await file.close();
  }
}

/** Whether somebody has the file locked, as a run has the file it is writing; null where that cannot be told. */
export async function isHeld(path: string): Promise<boolean | null> {
  const state = await probeLock(path).catch(() => 'unknown' as const);
  return state === 'unknown' ? null : state !== 'free';
}

/** Whether an exclusive lock is to be had. Linux gives one to a handle for writing only; without the right to, it counts as had. */
async function isLockable(native: NativeFs, file: NodeFile): Promise<boolean> {
  if (process.platform !== 'linux') return native.tryLock(file.fd, ...TRIED);
  const writable = await NodeFile.open(file.path, 'write').catch(() => null);
  if (!writable) return true;
  try {
    return native.tryLock(writable.fd);
  } finally {
    await writable.close();
  }
}
