import { app, dialog, shell, type BrowserWindow, type FileFilter } from 'electron';
import path from 'node:path';
import type { OpenPurpose, SystemDialogs } from '../../services/files/dialogs';
import { JsonStore } from '../../services/store/json-store';

const IMAGES: FileFilter = { name: 'VHD images', extensions: ['vhd', 'avhd', 'vud'] };
const RAW: FileFilter = { name: 'Raw disk images', extensions: ['raw', 'img', 'dd', 'bin'] };
const ALL: FileFilter = { name: 'All files', extensions: ['*'] };

const FILTERS: Readonly<Record<OpenPurpose, FileFilter[]>> = {
  image: [IMAGES, ALL],
  parent: [IMAGES, RAW, ALL],
  raw: [RAW, IMAGES, ALL],
  any: [ALL],
};

type Folders = Readonly<Record<string, string>>;

/** The system's dialogs. Each purpose comes back to its last folder: since Electron 43 the system does not remember. */
export class ElectronDialogs implements SystemDialogs {
  readonly #window: () => BrowserWindow | null;
  readonly #folders: JsonStore<Folders>;

  constructor(file: string, window: () => BrowserWindow | null) {
    this.#window = window;
    this.#folders = new JsonStore(file, readFolders);
  }

  async openFiles(purpose: OpenPurpose, multiple: boolean): Promise<readonly string[]> {
    const properties: ('openFile' | 'multiSelections')[] = multiple
      ? ['openFile', 'multiSelections']
      : ['openFile'];
    const options = { properties, filters: FILTERS[purpose], defaultPath: await this.#folder('open') };
    const window = this.#window();
    const { filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    const first = filePaths[0];
    if (first !== undefined) await this.#remember('open', path.dirname(first));
    return filePaths;
  }

  async openFolder(): Promise<string | null> {
    const properties: ('openDirectory' | 'createDirectory')[] = ['openDirectory', 'createDirectory'];
    const options = { properties, defaultPath: await this.#folder('folder') };
    const window = this.#window();
    const { filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    const folder = filePaths[0] ?? null;
    if (folder !== null) await this.#remember('folder', folder);
    return folder;
  }

  async saveFile(suggestedName: string): Promise<string | null> {
    const options = { defaultPath: path.join(await this.#folder('save'), suggestedName) };
    const window = this.#window();
    const { filePath } = await (window
      ? dialog.showSaveDialog(window, options)
      : dialog.showSaveDialog(options));
    if (!filePath) return null;
    await this.#remember('save', path.dirname(filePath));
    return filePath;
  }

  reveal(file: string): void {
    shell.showItemInFolder(file);
  }

  async #folder(purpose: string): Promise<string> {
    return (await this.#folders.get())[purpose] ?? app.getPath('documents');
  }

  async #remember(purpose: string, folder: string): Promise<void> {
    await this.#folders.update((known) => ({ ...known, [purpose]: folder })).catch(() => undefined);
  }
}

function readFolders(raw: unknown): Folders {
  if (typeof raw !== 'object' || raw === null) return {};
  return Object.fromEntries(
    Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
