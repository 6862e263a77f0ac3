import path from 'node:path';
import { AppError, type ErrorCode } from '../../../src-shared/errors';

interface SystemErrorText {
  readonly code: ErrorCode;
  readonly message: string;
}

const BY_ERRNO: Readonly<Record<string, SystemErrorText>> = {
  ENOENT: { code: 'file-not-found', message: 'does not exist' },
  ENOTDIR: { code: 'file-not-found', message: 'does not exist: a part of its path is not a folder' },
  EACCES: { code: 'permission-denied', message: 'may not be accessed by this account' },
  EPERM: { code: 'permission-denied', message: 'may not be changed by this account' },
  EROFS: { code: 'read-only-target', message: 'lies on a read-only file system' },
  EBUSY: { code: 'file-in-use', message: 'is in use by another program' },
  ETXTBSY: { code: 'file-in-use', message: 'is in use by another program' },
  EEXIST: { code: 'target-exists', message: 'already exists' },
  EISDIR: { code: 'not-a-regular-file', message: 'is a folder' },
  ELOOP: { code: 'not-a-regular-file', message: 'is a symbolic link that leads nowhere' },
  ENXIO: { code: 'not-a-regular-file', message: 'is a device or pipe without a reader' },
  ENOSPC: { code: 'no-space', message: 'cannot grow: the disk is full' },
  EDQUOT: { code: 'no-space', message: 'cannot grow: the quota of this account is used up' },
  EFBIG: { code: 'target-limit', message: 'would be larger than its file system allows' },
  ENAMETOOLONG: { code: 'path-too-long', message: 'has a path that is too long for this system' },
  ESTALE: { code: 'file-gone', message: 'can no longer be reached' },
  ENODEV: { code: 'file-gone', message: 'can no longer be reached' },
  ENOTCONN: { code: 'file-gone', message: 'can no longer be reached' },
  EHOSTDOWN: { code: 'file-gone', message: 'can no longer be reached' },
  ETIMEDOUT: { code: 'file-gone', message: 'did not answer in time' },
  EMFILE: { code: 'io-error', message: 'could not be opened: too many files are open' },
  ENFILE: { code: 'io-error', message: 'could not be opened: too many files are open' },
};

export interface SystemOperation {
  readonly path: string;
  readonly operation:
    'open' | 'read' | 'write' | 'resize' | 'flush' | 'close' | 'list' | 'publish' | 'remove' | 'lock';
  readonly offset?: number | undefined;
}

/** What Node puts in the place of bytes of a name that are no valid UTF-8: no path of it leads to the file any more. */
const REPLACEMENT = '\ufffd';

function unusableName(error: unknown, at: SystemOperation): AppError {
  return new AppError(
    'unusable-name',
    `"${at.path}" cannot be opened by this name: where "${REPLACEMENT}" stands, it has bytes that are no valid UTF-8. Rename it.`,
    { context: { path: at.path, operation: at.operation }, data: { errno: 'ENOENT' }, cause: error },
  );
}

/** Names of files that Platter keeps for itself beside what a person named. */
const OWN_FILE = /\.platter-(part|undo)$/;

/** What is full is the place; the unfinished file or the journal that met it there says nothing to a person. */
function placeIsFull(error: unknown, { path: file, operation }: SystemOperation, errno: string): AppError {
  const folder = path.dirname(file);
  const why = errno === 'EDQUOT' ? 'the quota of this account is used up' : 'its disk is full';
  const what = path.basename(file).includes('.platter-undo')
    ? ' for the undo journal, without which nothing is changed'
    : '';
  return new AppError('no-space', `There is no room left in the folder "${folder}"${what}: ${why}.`, {
    context: { path: folder, operation },
    data: { errno },
    cause: error,
  });
}

/** An operating system's error in the catalogue's words; an AppError passes through. */
export function systemError(error: unknown, at: SystemOperation): AppError {
  if (error instanceof AppError) return error;
  const errno = (error as { code?: unknown } | null)?.code;
  if (errno === 'ENOENT' && at.path.includes(REPLACEMENT)) return unusableName(error, at);
  if ((errno === 'ENOSPC' || errno === 'EDQUOT') && OWN_FILE.test(at.path))
    return placeIsFull(error, at, errno);
  const known = typeof errno === 'string' ? BY_ERRNO[errno] : undefined;
  const { code, message } = known ?? {
    code: 'io-error' as const,
    message: `could not be worked on (${at.operation}${typeof errno === 'string' ? `, ${errno}` : ''})`,
  };
  return new AppError(code, `"${at.path}" ${message}.`, {
    context: { path: at.path, offset: at.offset, operation: at.operation },
    data: typeof errno === 'string' ? { errno } : {},
    cause: error,
  });
}
