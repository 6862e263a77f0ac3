export const SETTINGS_VERSION = 1;

export interface Settings {
  readonly version: number;
  readonly theme: 'system' | 'light' | 'dark';
  readonly units: 'binary' | 'decimal';
  readonly defaultBlockSizeBytes: number;
  readonly defaultCreator: string;
  readonly verify: 'content' | 'none';
  /** Empty: the default folder. */
  readonly undoFolder: string;
  readonly undoQuotaBytes: number;
}

export const DEFAULT_SETTINGS: Settings = {
  version: SETTINGS_VERSION,
  theme: 'system',
  units: 'binary',
  defaultBlockSizeBytes: 2 * 1024 * 1024,
  defaultCreator: 'win ',
  verify: 'content',
  undoFolder: '',
  undoQuotaBytes: 2 * 1024 * 1024 * 1024,
};
