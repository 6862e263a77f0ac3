import { AppError } from '../../../src-shared/errors';
import { nativeFs } from './native';
import type { NodeFile } from './node-file';

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
