import { app } from 'electron';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Files that a command line names, absolute. Chromium's switches and what belongs to Electron itself are left out.
 */
export function filesOfCommandLine(argv: readonly string[], folder: string): string[] {
  return argv
    .slice(firstOwnArgument(argv, folder))
    .filter((word) => word !== '' && !word.startsWith('-'))
    .map((word) => path.resolve(folder, pathOf(word)));
}

/** File managers of Linux name a file by its URL. What is no URL of this machine's stays as it is. */
function pathOf(word: string): string {
  if (!/^file:\/\//i.test(word)) return word;
  try {
    return fileURLToPath(word);
  } catch {
    return word;
  }
}

/** Behind the program; unpackaged, behind the path of its sources. */
function firstOwnArgument(argv: readonly string[], folder: string): number {
  if (app.isPackaged) return 1;
  const sources = path.resolve(app.getAppPath());
  return argv.findIndex((word, index) => index > 0 && path.resolve(folder, word) === sources) + 1 || 1;
}
