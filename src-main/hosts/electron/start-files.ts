import { app } from 'electron';
import path from 'node:path';

/**
 * Files that a command line names, absolute. Chromium's switches and what belongs to Electron itself are left out.
 */
export function filesOfCommandLine(argv: readonly string[], folder: string): string[] {
  return argv
    .slice(firstOwnArgument(argv, folder))
    .filter((word) => word !== '' && !word.startsWith('-'))
    .map((word) => path.resolve(folder, word));
}

/** Behind the program; unpackaged, behind the path of its sources. */
function firstOwnArgument(argv: readonly string[], folder: string): number {
  if (app.isPackaged) return 1;
  const sources = path.resolve(app.getAppPath());
  return argv.findIndex((word, index) => index > 0 && path.resolve(folder, word) === sources) + 1 || 1;
}
