import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { dataFolder } from '../services/store/data-folder';
import type { CliIo } from './io';

/** Lets the verbs of this run keep undo journals where the settings screen says. */
export function useChosenUndoFolder(env: CliIo['env']): void {
  const chosen = chosenUndoFolder(env);
  // From there the engine takes it.
  if (chosen !== undefined) process.env['PLATTER_UNDO_DIR'] = chosen;
}

/**
 * The undo folder that the person chose on the settings screen, so that a change made at one door can be taken back at
 * another; undefined where none was chosen, where it is gone, or where PLATTER_UNDO_DIR names one for this run.
 */
function chosenUndoFolder(env: CliIo['env']): string | undefined {
  if (env['PLATTER_UNDO_DIR']) return undefined;
  try {
    const text = readFileSync(path.join(dataFolder(env), 'settings.json'), 'utf8');
    const { undoFolder } = JSON.parse(text) as { undoFolder?: unknown };
    return typeof undoFolder === 'string' && path.isAbsolute(undoFolder) && statSync(undoFolder).isDirectory()
      ? undoFolder
      : undefined;
  } catch {
    return undefined;
  }
}
