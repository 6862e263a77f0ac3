// @ts-check
// `npm start`: builds where that is needed, then opens Platter's window; where there can be none, says why
// in one line and opens the browser door instead. Arguments go to the program (npm start -- disk.vhd).

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { downloadElectron, findElectron, needsPreamble } from './electron.mjs';
import { isBuildStale } from './freshness.mjs';
import { ROOT } from './processes.mjs';

/** How long a person waits for Electron to be fetched before the browser opens instead. */
const FETCH_LIMIT_MS = 30_000;

/** A program that is gone with an error sooner than this never showed its window. */
const EARLY_END_MS = 10_000;

/** What Chromium says about missing desktop services; nothing a person could do about it. */
const CHROMIUM_LOG = /^\[\d+:\d+\/[\d.]+:[A-Z]+:/;

const PREAMBLE = join(ROOT, 'tests', 'desktop', 'electron22-preamble.cjs');

const say = (/** @type {string} */ line) => console.log(line);

function build() {
  say('Building Platter …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const outcome = spawnSync(npm, ['run', 'build', '--silent'], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (outcome.status === 0) return;
  console.error(outcome.stdout, outcome.stderr);
  console.error('The build failed.');
  process.exit(1);
}

/** @returns {Promise<{ runtime: import('./electron.mjs').ElectronRuntime } | { reason: string }>} */
async function runtimeForWindow() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY)
    return { reason: 'there is no display here' };
  // Includes the stand-in that a test run may have fetched; a person is not made to wait for that one.
  const present = findElectron();
  if (present !== undefined) return { runtime: present };
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/electron/package.json'), 'utf8'));
  say(`Fetching Electron ${version}, once …`);
  const answer = await downloadElectron(FETCH_LIMIT_MS);
  return 'runtime' in answer ? answer : { reason: `there is no Electron here, and ${answer.reason}` };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 */
function launch(program, args, stdio) {
  const child = spawn(program, args, { stdio });
  // The terminal sends Ctrl-C to the whole group; a kill of this process alone has to be passed on.
  const forward = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal);
  const ignore = () => undefined;
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  process.on('SIGINT', ignore);
  return {
    child,
    release: () => process.off('SIGTERM', forward).off('SIGHUP', forward).off('SIGINT', ignore),
  };
}

/**
 * @param {import('./electron.mjs').ElectronRuntime} runtime
 * @param {string[]} args
 * @returns {Promise<string | undefined>} why it could not be shown, or undefined once it has been and is closed
 */
async function openWindow(runtime, args) {
  // Electron 22 is what tests fall back on. It lacks a few calls of the product's Electron, which the tests'
  // preamble adds; the product itself never loads it.
  const preamble = needsPreamble(runtime) ? ['-r', PREAMBLE] : [];
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (asRoot) say('Running as root: Chromium refuses its sandbox there, so the window opens without it.');
  const sandbox = asRoot ? ['--no-sandbox'] : [];
  const startedAt = Date.now();
  say(`Opening Platter (Electron ${runtime.version}). Close the window or press Ctrl-C to end.`);
  const command = [...preamble, ROOT, ...sandbox, ...args];
  const { child, release } = launch(runtime.executable, command, ['inherit', 'inherit', 'pipe']);
  let lastNoise = '';
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (CHROMIUM_LOG.test(line)) lastNoise = line;
      else console.error(line);
    });
  }
  const ended = await new Promise((done) => {
    child.once('error', (error) => done({ code: 127, signal: null, message: error.message }));
    child.once('close', (code, signal) => done({ code, signal }));
  });
  release();
  const askedToStop = ended.signal === 'SIGINT' || ended.signal === 'SIGTERM' || ended.signal === 'SIGHUP';
  if (ended.code === 0 || askedToStop || Date.now() - startedAt > EARLY_END_MS) {
    process.exitCode = askedToStop ? 130 : (ended.code ?? 1);
    return undefined;
  }
  if (lastNoise !== '') console.error(lastNoise);
  return `Electron ${runtime.version} ended at once (${ended.message ?? ended.signal ?? `exit ${ended.code}`})`;
}

/** @param {string[]} args files a person named, whose folders are opened to the browser door, too */
async function openBrowserDoor(args) {
  const named = args.map((file) => resolve(file)).filter((file) => existsSync(file));
  const folders = named.map((file) => (statSync(file).isDirectory() ? file : dirname(file)));
  const roots = [...new Set([homedir(), ...folders])].flatMap((folder) => ['--root', folder]);
  const command = [join(ROOT, 'out', 'main', 'cli.cjs'), 'serve', ...roots];
  const { child } = launch(process.execPath, command, 'inherit');
  child.once('close', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 130;
  });
}

const args = process.argv.slice(2);
if (isBuildStale()) build();
const answer = await runtimeForWindow();
const reason = 'runtime' in answer ? await openWindow(answer.runtime, args) : answer.reason;
if (reason !== undefined) {
  say(`No window: ${reason}. Opening Platter in the browser instead.`);
  await openBrowserDoor(args);
}
