import { AppError, restate } from '../../../src-shared/errors';
import { identityOfFile, requireUnchanged, type FileIdentity } from './file-identity';
import { lockExclusive, type LockOptions } from './lock';
import { NodeFile } from './node-file';

export interface WriteOpenOptions extends LockOptions {
  /** The state that was looked at; refused with `file-changed` where the file is in another. */
  readonly seen?: FileIdentity | undefined;
}

/**
 * An existing file, open for writing under the exclusive lock, proven to be the file at its path and in the state
 * that was looked at (DESIGN rule 3). The lock goes with `close`.
 * @throws AppError `file-in-use`, `lock-unavailable`, `file-changed`, and those of NodeFile.open.
 */
export async function openForWriting(path: string, options: WriteOpenOptions = {}): Promise<NodeFile> {
  const file = await NodeFile.open(path, 'write').catch((error: unknown) => {
    throw error instanceof AppError ? restate(error, { unchanged: 'Nothing was written.' }) : error;
  });
  try {
    lockExclusive(file, options);
    await requireUnchanged(file, options.seen ?? (await identityOfFile(file)));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
