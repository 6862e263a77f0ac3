import { AppError, type ErrorCode } from '../../../src-shared/errors';
import type { OpenedDisk } from '../chain';
import { identityOfPath, isSameState } from '../io';

/** What a file that is cut or rewritten under its reader looks like. */
const LOOKS_LIKE_DAMAGE: readonly ErrorCode[] = ['damaged-range', 'too-damaged', 'verify-failed'];

/**
 * Reads from open disks. What fails there as damage although a file is not what it was when it was opened is the doing
 * of whoever changed it, and no repair helps.
 * @throws AppError `file-changed`, and what `work` throws.
 */
export async function readingFrom<T>(disks: readonly OpenedDisk[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && LOOKS_LIKE_DAMAGE.includes(error.code))
      for (const disk of disks) await requireUntouched(disk, error);
    throw error;
  }
}

async function requireUntouched({ chain }: OpenedDisk, cause: AppError): Promise<void> {
  for (const { path, identity } of chain) {
    if (!identity) continue;
    const now = await identityOfPath(path).catch(() => null);
    if (now && isSameState(identity, now)) continue;
    throw new AppError('file-changed', `"${path}" was changed by another program while it was being read.`, {
      context: { path },
      hint: 'Let the program that changes it finish, then try again.',
      unchanged: 'Nothing was written.',
      cause,
    });
  }
}
