import { app } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import { dataFolder } from '../../services/store/data-folder';

/** The portable program for Windows keeps everything beside itself where it may write there. */
export function usePortableProfile(): void {
  const besides = process.env['PORTABLE_EXECUTABLE_DIR'];
  if (besides === undefined || process.env['PLATTER_DATA_DIR'] !== undefined) return;
  const folder = path.join(besides, 'Platter data');
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch {
    return;
  }
  process.env['PLATTER_DATA_DIR'] = folder;
  app.setPath('userData', path.join(folder, 'window'));
}

/**
 * Settings, recents and undo history: shared with the command line, unless the person chose a profile for this start
 * or the program carries its own.
 */
export function desktopDataFolder(): string {
  const chosen = app.commandLine.getSwitchValue('user-data-dir');
  const isChosen = chosen !== '' && process.env['PLATTER_DATA_DIR'] === undefined;
  return isChosen ? path.join(path.resolve(chosen), 'platter') : dataFolder();
}
