import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../src-shared/errors';
import { FORMER_UNDO_FOLDERS_MAX, type UndoFolderFacts } from '../../src-shared/model/settings';
import { historyFolder, historySizeBytes, isFolder, makeFolder } from '../engine';
import type { SettingsService } from './settings';
import { dataFolder as defaultDataFolder } from './store/data-folder';

/**
 * Inside the folder a person chooses: what lies in it was put there by Platter, and its absence shows that the place
 * (a drive, a share) is gone.
 */
const OWN_NAME = 'Platter undo';

/** Where settled undo journals go: the person's choice while it can be reached, else where the command line keeps them, too. */
export class UndoFolder {
  readonly #settings: SettingsService;
  readonly #default: string;

  constructor(settings: SettingsService, dataFolder: string) {
    this.#settings = settings;
    const isUsual = path.resolve(dataFolder) === path.resolve(defaultDataFolder());
    this.#default = isUsual ? historyFolder() : path.join(dataFolder, 'undo');
  }

  /** The folder in force. A chosen one that is gone is not made anew: an unplugged drive must not become a plain folder. */
  async current(): Promise<string> {
    const { undoFolder } = await this.#settings.get();
    return undoFolder !== '' && (await isFolder(undoFolder)) ? undoFolder : this.#default;
  }

  /** Every folder that may hold journals, the one in force first. */
  async all(): Promise<readonly string[]> {
    const { undoFolder, formerUndoFolders } = await this.#settings.get();
    const chosen = [undoFolder, ...formerUndoFolders].filter((folder) => folder !== '');
    return [...new Set([await this.current(), this.#default, ...chosen])];
  }

  /** The one of `all` that a journal lies in; the one in force for one that lies beside its image. */
  async of(journalPath: string): Promise<string> {
    const [current, ...others] = await this.all();
    const here = path.dirname(path.resolve(journalPath));
    return others.find((folder) => path.resolve(folder) === here) ?? current ?? this.#default;
  }

  async facts(): Promise<UndoFolderFacts> {
    const { undoFolder } = await this.#settings.get();
    const current = await this.current();
    return {
      path: current,
      missing: undoFolder !== '' && current !== undoFolder ? undoFolder : null,
      isDefault: undoFolder === '',
      usedBytes: await historySizeBytes({ historyFolder: current }),
    };
  }

  /**
   * Keeps journals in `folder` from now on; null: in Platter's own folder again. What lies elsewhere stays there and
   * can still be undone. @throws AppError `permission-denied` and those of the system.
   */
  async choose(folder: string | null): Promise<UndoFolderFacts> {
    const { undoFolder, formerUndoFolders } = await this.#settings.get();
    const isOwn = folder !== null && path.basename(folder) === OWN_NAME;
    const next = folder === null ? '' : isOwn ? folder : path.join(folder, OWN_NAME);
    if (next !== '') await this.#prepare(next);
    if (next !== undoFolder) {
      const former = [undoFolder, ...formerUndoFolders].filter((one) => one !== '' && one !== next);
      await this.#settings.set({
        undoFolder: next,
        formerUndoFolders: [...new Set(former)].slice(0, FORMER_UNDO_FOLDERS_MAX),
      });
    }
    return this.facts();
  }

  /** Makes the folder and proves that a file can be made in it. */
  async #prepare(folder: string): Promise<void> {
    try {
      await makeFolder(folder, 0o700);
      const probe = await fs.mkdtemp(path.join(folder, '.probe-'));
      await fs.rmdir(probe);
    } catch (cause) {
      throw new AppError('permission-denied', `Nothing can be written to "${folder}".`, {
        cause,
        context: { path: folder },
      });
    }
  }
}
