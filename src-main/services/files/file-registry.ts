import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { FileRef, FolderRef, TargetRef } from '../../../src-shared/model/file-ref';
import type { Roots } from './roots';

/**
 * The ids main hands out for files and folders the person chose (DESIGN rule 10). An id stands for one absolute path
 * for as long as the program runs; nothing in it can be guessed or turned into a path.
 */
export class FileRegistry {
  readonly #pathById = new Map<string, string>();
  readonly #idByPath = new Map<string, string>();
  readonly #roots: Roots;

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  /** An id for a path the person chose. The path's own rules are checked when it is used. */
  register(chosen: string): FileRef {
    const absolute = path.resolve(chosen);
    let id = this.#idByPath.get(absolute);
    if (!id) {
      id = randomBytes(12).toString('base64url');
      this.#idByPath.set(absolute, id);
      this.#pathById.set(id, absolute);
    }
    return { id, name: path.basename(absolute) || absolute, displayPath: absolute };
  }

  registerFolder(chosen: string, freeBytes: number | null = null): FolderRef {
    return { ...this.register(chosen), freeBytes };
  }

  /** The path behind an id, whether or not anything is there any more: for forgetting, never for opening. @throws AppError `unknown-file`. */
  known(id: string): string {
    const path = this.#pathById.get(id);
    if (path !== undefined) return path;
    throw new AppError('unknown-file', 'This id stands for no file that was chosen.');
  }

  /**
   * The path behind an id, still inside the roots, symbolic links followed.
   * @throws AppError `unknown-file` for an id that was never handed out, `outside-roots`.
   */
  async pathOf(id: string): Promise<string> {
    const known = this.known(id);
    await this.#roots.require(known);
    return known;
  }

  /** The path of a new file: a folder that was handed out and one plain name. @throws AppError as `pathOf`, `bad-value`. */
  async pathOfTarget(target: TargetRef): Promise<string> {
    const folder = await this.pathOf(target.folderId);
    if (
      path.basename(target.name) !== target.name ||
      target.name === '.' ||
      target.name === '..' ||
      target.name.includes('\0')
    ) {
      throw new AppError('bad-value', `"${target.name}" is not a plain file name.`);
    }
    const full = path.join(folder, target.name);
    await this.#roots.require(full);
    return full;
  }
}
