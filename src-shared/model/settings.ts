/** 2: the undo folder can be chosen; version 1 had a place for it that no screen filled in. */
export const SETTINGS_VERSION = 2;
/** Folders chosen earlier that are still looked into for what can be undone. */
export const FORMER_UNDO_FOLDERS_MAX = 8;

export interface Settings {
  readonly version: number;
  readonly theme: 'system' | 'light' | 'dark';
  readonly units: 'binary' | 'decimal';
  readonly defaultBlockSizeBytes: number;
  readonly defaultCreator: string;
  readonly verify: 'content' | 'none';
  /** Where settled undo journals go; empty: Platter's own folder. */
  readonly undoFolder: string;
  /** Where they went before, newest first: what lies there can still be undone. */
  readonly formerUndoFolders: readonly string[];
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
  formerUndoFolders: [],
  undoQuotaBytes: 2 * 1024 * 1024 * 1024,
};

/** Where undo journals go now, for the screen. */
export interface UndoFolderFacts {
  /** The folder in force. */
  readonly path: string;
  /** The folder that was chosen and cannot be reached now, so that Platter's own is used instead; else null. */
  readonly missing: string | null;
  readonly isDefault: boolean;
  /** Bytes that the journals in the folder in force take. */
  readonly usedBytes: number;
}
