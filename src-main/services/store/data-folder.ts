import os from 'node:os';
import path from 'node:path';

/**
 * Where Platter keeps settings, recents and settled undo journals, by each system's custom. `PLATTER_DATA_DIR`
 * overrides it: for portable use and for tests.
 */
export function dataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['PLATTER_DATA_DIR'];
  if (chosen) return path.resolve(chosen);
  const home = os.homedir();
  if (platform === 'win32')
    return path.join(environment['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Platter');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Platter');
  return path.join(environment['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share'), 'platter');
}
