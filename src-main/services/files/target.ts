import fs from 'node:fs/promises';
import path from 'node:path';
import type { ChosenTarget } from '../../../src-shared/ipc/contract';
import type { FolderRef, TargetRef } from '../../../src-shared/model/file-ref';
import { isWritable, volumeFacts } from '../../engine';
import type { FileRegistry } from './file-registry';
import type { Roots } from './roots';

/**
 * A place for a new file, looked at: whether something is there, whether the folder can be written, and what its file
 * system can hold.
 * @throws AppError as `FileRegistry.pathOfTarget`.
 */
export async function describeTarget(registry: FileRegistry, target: TargetRef): Promise<ChosenTarget> {
  const full = await registry.pathOfTarget(target);
  const folder = path.dirname(full);
  const volume = await volumeFacts(folder);
  return {
    folderId: target.folderId,
    name: target.name,
    displayPath: full,
    exists: await exists(full),
    writable: await isWritable(folder),
    freeBytes: volume.freeBytes,
    maxFileBytes: volume.maxFileBytes,
    sparse: volume.sparseFiles,
  };
}

/** A path the person chose in a save dialog, as a target. */
export function targetOfPath(registry: FileRegistry, chosen: string): Promise<ChosenTarget> {
  const folder = registry.register(path.dirname(chosen));
  return describeTarget(registry, { folderId: folder.id, name: path.basename(chosen) });
}

/** A folder with the bytes that are free there. */
export async function describeFolder(registry: FileRegistry, folder: string): Promise<FolderRef> {
  return registry.registerFolder(folder, (await volumeFacts(folder)).freeBytes);
}

/** The folder a file lies in, where a new file may be made in it; null where it may not, or no file is given. */
export async function folderBeside(
  registry: FileRegistry,
  roots: Roots,
  fileId: string | undefined,
): Promise<string | null> {
  if (fileId === undefined) return null;
  const folder = path.dirname(await registry.pathOf(fileId));
  return roots.allows(folder) && (await isWritable(folder)) ? folder : null;
}

/** Whether anything has this name; a dangling link counts. */
const exists = (full: string): Promise<boolean> =>
  fs.lstat(full).then(
    () => true,
    () => false,
  );
