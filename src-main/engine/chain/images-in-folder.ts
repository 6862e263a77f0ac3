import fs from 'node:fs/promises';
import path from 'node:path';
import { systemError } from '../io';

/** Names that images carry; everything else is not looked into when a folder is searched. */
const IMAGE_NAME = /\.(vhd|avhd|vud)$/i;
/** Images looked at in one search, so that a folder of a million files cannot hold us up. */
export const FOLDER_IMAGES_MAX = 5000;
const RECURSION_DEPTH_MAX = 16;

/**
 * Paths of the images in a folder by their names, sorted; links to folders are not followed.
 * @throws AppError of kind `system` where the folder itself cannot be listed.
 */
export async function imagesInFolder(folder: string, recursive = false): Promise<readonly string[]> {
  const found: string[] = [];
  await collect(folder, recursive ? RECURSION_DEPTH_MAX : 0, found, true);
  return found.sort();
}

async function collect(folder: string, depth: number, found: string[], isTop: boolean): Promise<void> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isTop) throw systemError(error, { path: folder, operation: 'list' });
    return [];
  });
  for (const entry of entries) {
    if (found.length >= FOLDER_IMAGES_MAX) return;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) await collect(full, depth - 1, found, false);
    else if (IMAGE_NAME.test(entry.name) && (entry.isFile() || entry.isSymbolicLink())) found.push(full);
  }
}
