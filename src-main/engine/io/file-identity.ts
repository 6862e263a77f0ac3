import fs from 'node:fs';
import { AppError } from '../../../src-shared/errors';
import type { NodeFile } from './node-file';
import { systemError } from './system-error';

/** Which file this is and in what state: device, inode, size and times in nanoseconds, as decimal strings. */
export interface FileIdentity {
  readonly device: string;
  readonly inode: string;
  readonly sizeBytes: number;
  readonly modifiedNs: string;
  readonly changedNs: string;
}

function toIdentity(stats: fs.BigIntStats): FileIdentity {
  return {
    device: String(stats.dev),
    inode: String(stats.ino),
    sizeBytes: Number(stats.size),
    modifiedNs: String(stats.mtimeNs),
    changedNs: String(stats.ctimeNs),
  };
}

/** @throws AppError where the descriptor is gone. */
export function identityOfFile(file: Pick<NodeFile, 'fd' | 'path'>): Promise<FileIdentity> {
  return new Promise((resolve, reject) => {
    fs.fstat(file.fd, { bigint: true }, (error, stats) => {
      if (error) reject(systemError(error, { path: file.path, operation: 'read' }));
      else resolve(toIdentity(stats));
    });
  });
}

/** @throws AppError `file-not-found` and the like. */
export function identityOfPath(path: string): Promise<FileIdentity> {
  return new Promise((resolve, reject) => {
    fs.stat(path, { bigint: true }, (error, stats) => {
      if (error) reject(systemError(error, { path, operation: 'read' }));
      else resolve(toIdentity(stats));
    });
  });
}

/** Whether both are one file, whatever state it is in. */
export const isSameFile = (a: FileIdentity, b: FileIdentity): boolean =>
  a.device === b.device && a.inode === b.inode;

/** Whether both are one file in one state. */
export const isSameState = (a: FileIdentity, b: FileIdentity): boolean =>
  isSameFile(a, b) &&
  a.sizeBytes === b.sizeBytes &&
  a.modifiedNs === b.modifiedNs &&
  a.changedNs === b.changedNs;

/**
 * After locking: the handle and its path are still one file, in the state that was looked at (DESIGN rule 3).
 * @throws AppError `file-changed`.
 */
export async function requireUnchanged(file: NodeFile, seen: FileIdentity): Promise<void> {
  const [open, named] = await Promise.all([identityOfFile(file), identityOfPath(file.path)]);
  if (isSameState(open, seen) && isSameFile(open, named)) return;
  const what = isSameFile(open, named) ? 'was changed' : 'was replaced by another file';
  throw new AppError('file-changed', `"${file.path}" ${what} since it was looked at.`, {
    context: { path: file.path },
    unchanged: 'Nothing was written.',
    data: { seen, found: open },
  });
}
