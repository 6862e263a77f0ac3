import { app } from 'electron';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Switches for Chromium, which it leaves among the arguments. */
const CHROMIUM_SWITCHES =
  /^--(?:no-sandbox|disable-gpu|user-data-dir=.*|ozone-platform=.*|enable-logging.*)$/;

/**
 * The packaged program carries the command line: `platter info disk.vhd` runs the verb and opens no window. A bare
 * word that is no file is a verb; so are `--help` and `--version`.
 * @returns the verb and its arguments, or null where files are to be opened in the window.
 */
export function commandLineOf(argv: readonly string[]): readonly string[] | null {
  if (!app.isPackaged) return null;
  const own = argv.slice(1).filter((word) => !CHROMIUM_SWITCHES.test(word));
  const [first] = own;
  if (first === undefined) return null;
  const isVerb = /^[a-z][a-z-]*$/.test(first) && !existsSync(first);
  return isVerb || first === '--help' || first === '--version' ? own : null;
}

/** Runs the verb in this process, which ends with its exit code. */
export function runCommandLine(own: readonly string[]): void {
  process.argv = [process.execPath, 'platter', ...own];
  app.on('window-all-closed', () => undefined);
  createRequire(import.meta.url)(path.join(__dirname, 'cli.cjs'));
}
