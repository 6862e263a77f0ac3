import fs from 'node:fs/promises';
import path from 'node:path';
import { isFolder } from './path-state';

/**
 * A folder and the folders above it, as far as they are missing. Not `mkdir({ recursive: true })`: Node asks for ever
 * where a file system answers ENOENT below a folder that exists, as Linux's /proc does.
 * @throws the system's error.
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await fs.mkdir(folder, mode);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (await isFolder(folder)) return;
    const parent = path.dirname(folder);
    if (code !== 'ENOENT' || parent === folder || (await isFolder(parent))) throw error;
    await makeFolder(parent, mode);
    await makeFolder(folder, mode);
  }
}
