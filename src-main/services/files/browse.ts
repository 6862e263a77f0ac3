import type { Dirent } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { FolderEntry, FolderListing } from '../../../src-shared/model/file-ref';
import { systemError } from '../../engine';
import { describeFolder } from './target';
import type { FileRegistry } from './file-registry';
import type { Roots } from './roots';

/** Entries listed of one folder at most; the rest is said to be missing. */
const LISTED_ENTRIES_MAX = 2000;

/**
 * A folder's sub-folders and regular files, for choosing. Hidden entries and links that leave the roots are left out.
 * @throws AppError of kind `system`, `outside-roots`.
 */
export async function browseFolder(
  registry: FileRegistry,
  roots: Roots,
  folder: string,
): Promise<FolderListing> {
  await roots.require(folder);
  const dirents = await fs.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw systemError(error, { path: folder, operation: 'list' });
  });
  const shown = dirents.filter((entry) => !entry.name.startsWith('.')).sort(foldersFirstByName);
  const entries: FolderEntry[] = [];
  for (const dirent of shown.slice(0, LISTED_ENTRIES_MAX)) {
    const entry = await describeEntry(registry, roots, path.join(folder, dirent.name));
    if (entry) entries.push(entry);
  }
  const parent = path.dirname(folder);
  return {
    folder: await describeFolder(registry, folder),
    parentId: parent !== folder && roots.allows(parent) ? registry.register(parent).id : null,
    roots: roots.folders.map((root) => registry.registerFolder(root)),
    entries,
    cut: shown.length > LISTED_ENTRIES_MAX,
  };
}

async function describeEntry(
  registry: FileRegistry,
  roots: Roots,
  full: string,
): Promise<FolderEntry | null> {
  if (!roots.allows(full)) return null;
  const stats = await fs.stat(full).catch(() => null);
  if (!stats || (!stats.isDirectory() && !stats.isFile())) return null;
  return {
    id: registry.register(full).id,
    name: path.basename(full),
    kind: stats.isDirectory() ? 'folder' : 'file',
    sizeBytes: stats.isFile() ? stats.size : null,
    modifiedAt: stats.mtime.toISOString(),
  };
}

function foldersFirstByName(a: Dirent, b: Dirent): number {
  const byKind = Number(b.isDirectory()) - Number(a.isDirectory());
  return byKind || a.name.localeCompare(b.name, undefined, { numeric: true });
}
