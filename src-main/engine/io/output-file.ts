import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ErrorCode } from '../../../src-shared/errors';
import { cutNameToFit } from './cut-name';
import { allowHoles } from './holes';
import { lockAsOwn } from './lock';
import { NodeFile } from './node-file';
import { PARTIAL_SUFFIX } from './partial-name';
import { systemError } from './system-error';

const BUSY_RETRIES = 8;

export interface OutputOptions {
  /** Replace an existing target; an explicit choice of the person. */
  readonly replace?: boolean | undefined;
  /** What is not written may be holes on Windows, too, where Windows itself then attaches the file no more: no image. */
  readonly hasHoles?: boolean | undefined;
}

/**
 * A new file that does not exist until it is whole (DESIGN rule 4): written under an unguessable name beside its
 * target, flushed, then published without replacing. `discard` removes it; after `publish` it does nothing.
 */
export class OutputFile {
  readonly target: string;
  readonly file: NodeFile;
  readonly #temporary: string;
  readonly #replace: boolean;
  #settled = false;

  private constructor(target: string, temporary: string, file: NodeFile, replace: boolean) {
    this.target = target;
    this.#temporary = temporary;
    this.file = file;
    this.#replace = replace;
  }

  /** @throws AppError `target-exists` unless `replace`, and those of NodeFile.open. */
  static async create(target: string, options: OutputOptions = {}): Promise<OutputFile> {
    const replace = options.replace === true;
    await requireFreeTarget(target, replace);
    const temporary = await temporaryName(target);
    const file = await NodeFile.open(temporary, 'create').catch((error: unknown) =>
      refuseFolder(target, error),
    );
    lockAsOwn(file);
    if (options.hasHoles) allowHoles(file.fd);
    return new OutputFile(target, temporary, file, replace);
  }

  /** Flushes, gives the file its name, flushes the folder and closes. @throws AppError `target-exists`. */
  async publish(): Promise<void> {
    try {
      await this.file.flush();
      await this.file.close();
      await requireFreeTarget(this.target, this.#replace);
      if (this.#replace) await retryWhileBusy(() => fs.rename(this.#temporary, this.target));
      else await linkIntoPlace(this.#temporary, this.target);
      this.#settled = true;
      await flushFolder(path.dirname(this.target));
    } catch (error) {
      // a name that may not survive a power cut is taken back, where nothing was replaced under it
      if (this.#settled && !this.#replace) await takeBack(this.target);
      const isDeleted = !this.#settled && (await isMissing(this.#temporary));
      await this.discard();
      if (isDeleted && !(error instanceof AppError)) throw deletedMeanwhile(this.target, error);
      throw systemError(error, { path: this.target, operation: 'publish' });
    }
  }

  /** Closes and removes what was written. Harmless after `publish`. */
  async discard(): Promise<void> {
    if (this.#settled) return;
    this.#settled = true;
    await this.file.close();
    await retryWhileBusy(() => fs.rm(this.#temporary, { force: true }));
  }
}

/** Codes of a file that cannot be made where its folder is there. */
const FOLDER_REFUSES: readonly ErrorCode[] = ['file-not-found', 'permission-denied', 'read-only-target'];

/** The name that could not be made is our own; what a person can do something about is the folder. */
async function refuseFolder(target: string, error: unknown): Promise<never> {
  const folder = path.dirname(path.resolve(target));
  const isFolder = await fs
    .stat(folder)
    .then((stats) => stats.isDirectory())
    .catch(() => false);
  if (!(error instanceof AppError) || !isFolder || !FOLDER_REFUSES.includes(error.code)) throw error;
  throw new AppError('read-only-target', `No file can be made in the folder "${folder}".`, {
    context: { path: folder, operation: 'open' },
    unchanged: 'Nothing was written.',
    data: error.data,
    cause: error,
  });
}

const isMissing = (file: string): Promise<boolean> =>
  fs.lstat(file).then(
    () => false,
    (error: unknown) => (error as { code?: unknown }).code === 'ENOENT',
  );

function deletedMeanwhile(target: string, cause: unknown): AppError {
  return new AppError('io-error', `What was written for "${target}" was deleted before it was whole.`, {
    context: { path: target, operation: 'publish' },
    hint: 'Let its unfinished file (.platter-part) be while Platter works, and try again.',
    unchanged: 'There is no new file.',
    cause,
  });
}

async function temporaryName(target: string): Promise<string> {
  // Loaded here: it costs more than 2 ms, and most verbs that could make a file make none.
  const { randomBytes } = await import('node:crypto');
  const random = randomBytes(8).toString('hex');
  const name = cutNameToFit(`.${path.basename(target)}`, `.${random}${PARTIAL_SUFFIX}`);
  return path.join(path.dirname(target), name);
}

async function requireFreeTarget(target: string, replace: boolean): Promise<void> {
  const stats = await fs.lstat(target).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'ENOENT') return null;
    throw systemError(error, { path: target, operation: 'publish' });
  });
  if (!stats) return;
  if (!replace) {
    throw new AppError('target-exists', `"${target}" already exists.`, {
      context: { path: target },
      unchanged: 'The existing file was not touched.',
    });
  }
  if (!stats.isFile())
    throw new AppError('not-a-regular-file', `"${target}" is not a regular file, so it is not replaced.`);
}

/** Removes a name that was just given; what then stands in the way is the failure that is told, not this. */
const takeBack = (target: string): Promise<void> => fs.rm(target, { force: true }).catch(() => undefined);

/** A hard link refuses where the name is taken, so nothing can be replaced between the check and the naming. */
async function linkIntoPlace(temporary: string, target: string): Promise<void> {
  try {
    await retryWhileBusy(() => fs.link(temporary, target));
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'EEXIST' || code === 'ENOENT') throw error;
    // No hard links here (FAT, exFAT, some shares): an exclusive placeholder reserves the name instead.
    const placeholder = await fs.open(target, 'wx');
    try {
      await placeholder.close();
      await retryWhileBusy(() => fs.rename(temporary, target));
    } catch (cause) {
      const there = await fs.lstat(target).catch(() => null);
      if (there?.size === 0) await takeBack(target);
      throw cause;
    }
    return;
  }
  try {
    await retryWhileBusy(() => fs.rm(temporary, { force: true }));
  } catch (error) {
    await takeBack(target);
    throw error;
  }
}

/** Windows' scanners and indexers hold fresh files for moments; other systems never answer with these codes. */
async function retryWhileBusy(action: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await action();
      return;
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      const busy =
        process.platform === 'win32' && (code === 'EBUSY' || code === 'EPERM' || code === 'EACCES');
      if (!busy || attempt >= BUSY_RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt));
    }
  }
}

/** Makes a new name survive a power cut. Windows cannot open folders and does not need it. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // COMPAT(network and FUSE file systems): some answer EINVAL or ENOTSUP to fsync of a folder.
    const code = (error as { code?: unknown }).code;
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
  } finally {
    await handle.close();
  }
}
