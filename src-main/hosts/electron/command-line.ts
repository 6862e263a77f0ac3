import { app } from 'electron';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/** Switches for Chromium, which it leaves among the arguments. */
const CHROMIUM_SWITCHES =
  /^--(?:no-sandbox|no-zygote|disable-gpu|user-data-dir=.*|ozone-platform=.*|enable-logging.*)$/;

/**
 * The packaged program carries the command line: `platter info disk.vhd` runs the verb and opens no window. A bare
 * word that is no file is a verb; so are `--help` and `--version`. The launchers (build/linux/platter and its like)
 * write `--` before the verb: what follows Chromium does not take for its own, such as `--type=`.
 * @returns the verb and its arguments, or null where files are to be opened in the window.
 */
export function commandLineOf(argv: readonly string[]): readonly string[] | null {
  if (!app.isPackaged) return null;
  const words = argv.slice(1);
  const end = words.findIndex((word) => !CHROMIUM_SWITCHES.test(word));
  const own =
    words[end] === '--' ? words.slice(end + 1) : words.filter((word) => !CHROMIUM_SWITCHES.test(word));
  const [first] = own;
  if (first === undefined) return null;
  const isVerb = /^[a-z][a-z-]*$/.test(first) && !existsSync(first);
  return isVerb || first === '--help' || first === '--version' ? own : null;
}

/**
 * Runs the verb, then ends this process with its exit code. All of it happens in a thread while this one stands
 * still, so that Chromium never comes up: it would want a display, and say things on the standard streams.
 */
export function runCommandLine(argv: readonly string[]): never {
  const ended = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const cells = new Int32Array(ended);
  const thread = new Worker(path.join(__dirname, 'cli-thread.cjs'), { workerData: { argv, ended } });
  thread.on('error', () => undefined);
  Atomics.wait(cells, 0, 0);
  process.exit(Atomics.load(cells, 1));
}
