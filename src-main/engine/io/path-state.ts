import { constants } from 'node:fs';
import fs from 'node:fs/promises';

/** Whether a folder is there, links followed; what cannot be looked at is none. */
export const isFolder = (path: string): Promise<boolean> =>
  fs.stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

/** Whether this account may write a file, or into a folder; what else keeps it from being written shows on trying. */
export const isWritable = (path: string): Promise<boolean> =>
  fs.access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
