// @ts-check
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const POSIX = process.platform !== 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

/**
 * Whether a program is on the PATH.
 * @param {string} command
 */
export function hasCommand(command) {
  const suffixes = POSIX ? [''] : ['.exe', '.cmd', '.bat'];
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) =>
    suffixes.some((suffix) => {
      try {
        accessSync(join(folder, command + suffix), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

/**
 * Runs a program in a process group of its own, with what it prints in a log file.
 * @param {string[]} command
 * @param {{ log: string, env?: Record<string, string | undefined>, limitMs: number }} options
 * @returns {Promise<{ code: number, timedOut: boolean }>} code 127 where it could not be started
 */
export async function runLogged([program = '', ...args], { log, env = {}, limitMs }) {
  await mkdir(dirname(log), { recursive: true });
  const sink = createWriteStream(log);
  return new Promise((resolve) => {
    let timedOut = false;
    const child = start([program, ...args], { ...process.env, ...env }, ['ignore', 'pipe', 'pipe']);
    const timer = setTimeout(() => {
      timedOut = true;
      sink.write(`\nstopped: not done after ${Math.round(limitMs / 60_000)} minutes\n`);
      killTree(child);
    }, limitMs);
    child.stdout?.pipe(sink, { end: false });
    child.stderr?.pipe(sink, { end: false });
    child.once('error', (error) => {
      sink.write(`${error.message}\n`);
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
    const finish = (/** @type {number} */ code) => {
      clearTimeout(timer);
      // What the program started and left behind goes with it.
      killTree(child);
      children.delete(child);
      sink.end(() => resolve({ code, timedOut }));
    };
  });
}

/**
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @param {import('node:child_process').StdioOptions} stdio
 */
export function start([program = '', ...args], env, stdio) {
  const child = spawn(program, args, { cwd: ROOT, env, stdio, detached: POSIX, windowsHide: true });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** @param {import('node:child_process').ChildProcess} child */
export function killTree(child) {
  if (child.pid === undefined) return;
  try {
    if (POSIX) process.kill(-child.pid, 'SIGKILL');
    else child.kill();
  } catch {
    // Nothing of it is left.
  }
}

/** Whatever ends this process ends what it started, too. */
export function stopChildrenOnExit() {
  process.once('exit', () => children.forEach(killTree));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => process.exit(130));
  }
}
