import { realpathSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { insideRoots } from '../../engine';

/** Which paths a door may touch. */
export interface Roots {
  /** The folders to start browsing from. */
  readonly folders: readonly string[];
  /** The same rule as plain data, for a worker: only inside these folders; undefined: anywhere. */
  readonly limits: readonly string[] | undefined;
  /** @throws AppError `outside-roots`. */
  require(candidate: string): Promise<void>;
  /** The same question for the engine, which asks before it opens what a file names. */
  allows(candidate: string): boolean;
}

/** The desktop: whatever the person may open. */
export function unlimitedRoots(home: string): Roots {
  return { folders: [home], limits: undefined, require: () => Promise.resolve(), allows: () => true };
}

/**
 * The browser door: only what lies inside the given folders once every symbolic link is followed, so that a link that
 * leads out is refused. A new file counts by the folder it would be made in.
 */
export class FolderRoots implements Roots {
  readonly folders: readonly string[];
  readonly #holds: (real: string) => boolean;

  /** @throws an ENOENT error where a folder does not exist. */
  constructor(folders: readonly string[]) {
    this.folders = folders.map((folder) => realpathSync(path.resolve(folder)));
    this.#holds = insideRoots(this.folders);
  }

  get limits(): readonly string[] {
    return this.folders;
  }

  async require(candidate: string): Promise<void> {
    const real = await realPath(path.resolve(candidate));
    if (this.#holds(real)) return;
    throw new AppError('outside-roots', `"${candidate}" is outside the folders this server may use.`, {
      context: { path: candidate },
      data: { roots: this.folders },
    });
  }

  allows(candidate: string): boolean {
    try {
      return this.#holds(realpathSync(path.resolve(candidate)));
    } catch {
      return false;
    }
  }
}

/** The real path; of what does not exist, the real path of its folder and the name. A dangling link is followed to nowhere and refused. */
async function realPath(absolute: string): Promise<string> {
  try {
    return await fs.realpath(absolute);
  } catch {
    const isLink = await fs.lstat(absolute).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    const folder = path.dirname(absolute);
    if (isLink || folder === absolute) return path.parse(absolute).root;
    return path.join(await realPath(folder), path.basename(absolute));
  }
}
