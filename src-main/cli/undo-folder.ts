import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_SETTINGS, type Settings } from '../../src-shared/model/settings';
import { dataFolder } from '../services/store/data-folder';
import type { CliIo } from './io';

/**
 * Lets the verbs of this run keep undo journals where the settings screen says, so that a change made at one door can
 * be taken back at another. PLATTER_UNDO_DIR names another folder for one run.
 * @returns the bytes that may be kept there; null where the person named the folder and looks after it.
 */
export function useChosenUndoFolder(env: CliIo['env']): number | null {
  if (env['PLATTER_UNDO_DIR']) return null;
  const { undoFolder, undoQuotaBytes } = readUndoSettings(env);
  // From there the engine takes it.
  if (typeof undoFolder === 'string' && path.isAbsolute(undoFolder) && isFolder(undoFolder))
    process.env['PLATTER_UNDO_DIR'] = undoFolder;
  return Number.isSafeInteger(undoQuotaBytes) ? Number(undoQuotaBytes) : DEFAULT_SETTINGS.undoQuotaBytes;
}

type UndoSettings = Partial<Record<keyof Pick<Settings, 'undoFolder' | 'undoQuotaBytes'>, unknown>>;

function readUndoSettings(env: CliIo['env']): UndoSettings {
  try {
    return JSON.parse(readFileSync(path.join(dataFolder(env), 'settings.json'), 'utf8')) as UndoSettings;
  } catch {
    return {};
  }
}

const isFolder = (folder: string): boolean =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
