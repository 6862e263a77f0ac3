import path from 'node:path';
import {
  DEFAULT_SETTINGS,
  FORMER_UNDO_FOLDERS_MAX,
  SETTINGS_VERSION,
  type Settings,
} from '../../src-shared/model/settings';
import { JsonStore } from './store/json-store';

const THEMES: readonly unknown[] = ['system', 'light', 'dark'];

/** A relative path would mean another folder with every start. */
const isFolderPath = (value: unknown): boolean => typeof value === 'string' && path.isAbsolute(value);

/** Whatever the file held, as whole settings: unknown or damaged values fall back to the default, one by one. */
export function readSettings(raw: unknown): Settings {
  const from = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const pick = <K extends keyof Settings>(key: K, valid: (value: unknown) => boolean): Settings[K] =>
    valid(from[key]) ? (from[key] as Settings[K]) : DEFAULT_SETTINGS[key];
  const count = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  return {
    version: SETTINGS_VERSION,
    theme: pick('theme', (value) => THEMES.includes(value)),
    units: pick('units', (value) => value === 'binary' || value === 'decimal'),
    defaultBlockSizeBytes: pick('defaultBlockSizeBytes', (value) => count(value) && (value as number) >= 512),
    defaultCreator: pick('defaultCreator', (value) => typeof value === 'string' && value.length === 4),
    verify: pick('verify', (value) => value === 'content' || value === 'none'),
    undoFolder: pick('undoFolder', (value) => value === '' || isFolderPath(value)),
    formerUndoFolders: pick(
      'formerUndoFolders',
      (value) => Array.isArray(value) && value.length <= FORMER_UNDO_FOLDERS_MAX && value.every(isFolderPath),
    ),
    undoQuotaBytes: pick('undoQuotaBytes', count),
  };
}

export type SettingsPatch = { readonly [K in keyof Settings]?: Settings[K] | undefined };

/** Settings of this account, kept atomically. */
export class SettingsService {
  readonly #store: JsonStore<Settings>;

  constructor(file: string) {
    this.#store = new JsonStore(file, readSettings);
  }

  get(): Promise<Settings> {
    return this.#store.get();
  }

  /** Changes what the patch names; what is undefined in it stays. */
  set(patch: SettingsPatch): Promise<Settings> {
    const named = Object.entries(patch).filter(([, value]) => value !== undefined);
    return this.#store.update((current) => readSettings({ ...current, ...Object.fromEntries(named) }));
  }
}
