// @ts-check
// `npm run dev`: the renderer from Vite's server (hot reload), main and preload built on every change, Electron
// started again after each. `npm run dev:web` does the same for the browser door. Ctrl-C ends all of it.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createServer } from 'vite';
import { needsPreamble, provideElectron } from './electron.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NODE_CONFIG = join(ROOT, 'vite.node.config.ts');
const RENDERER_CONFIG = join(ROOT, 'vite.config.ts');

const say = (/** @type {string} */ line) => console.log(`[dev] ${line}`);

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
let stopping = false;

/**
 * Ends what runs and starts it anew.
 * @param {() => import('node:child_process').ChildProcess} begin
 * @param {(code: number | null) => void} onOwnEnd called when it ends without being asked to
 */
function restart(begin, onOwnEnd) {
  if (stopping) return;
  running?.removeAllListeners('close');
  running?.kill('SIGTERM');
  const child = begin();
  running = child;
  child.once('close', (code) => running === child && onOwnEnd(code));
}

/** @param {number} code */
function stop(code) {
  stopping = true;
  running?.kill('SIGTERM');
  process.exit(code);
}

/**
 * Builds now and on every change.
 * @param {{ configFile: string, mode?: string }} options
 * @param {() => void} onBuilt
 */
async function watch(options, onBuilt) {
  const watcher = await build({
    ...options,
    mode: options.mode ?? 'production',
    logLevel: 'warn',
    build: { watch: {}, emptyOutDir: false },
  });
  if (!('on' in watcher)) throw new Error('Vite did not watch');
  watcher.on('event', (event) => {
    if (event.code === 'END') onBuilt();
    if (event.code === 'ERROR') say(String(event.error));
  });
}

async function desktop() {
  const server = await createServer({ configFile: RENDERER_CONFIG });
  await server.listen();
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error('the development server has no address');
  say(`renderer at ${address}`);
  const answer = await provideElectron(say);
  if ('reason' in answer) throw new Error(`no Electron: ${answer.reason}`);
  const { runtime } = answer;
  const preamble = needsPreamble(runtime)
    ? ['-r', join(ROOT, 'tests', 'desktop', 'electron22-preamble.cjs')]
    : [];
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [...preamble, ROOT, ...sandbox, ...process.argv.slice(3)];
  const env = { ...process.env, PLATTER_RENDERER_URL: address };
  const begin = () => spawn(runtime.executable, args, { env, stdio: 'inherit' });

  // The first start waits for both builds; each later one for whichever changed.
  const built = new Set();
  const onBuilt = (/** @type {string} */ name) => () => {
    built.add(name);
    if (built.size === 2) restart(begin, (code) => stop(code ?? 0));
  };
  await watch({ configFile: NODE_CONFIG }, onBuilt('main'));
  await watch({ configFile: NODE_CONFIG, mode: 'preload' }, onBuilt('preload'));
}

async function web() {
  const cli = join(ROOT, 'out', 'main', 'cli.cjs');
  const args = [cli, 'serve', '--no-open', ...process.argv.slice(3)];
  const begin = () => spawn(process.execPath, args, { stdio: 'inherit' });
  let rendererBuilt = false;
  let mainBuilt = false;
  const start = () => {
    if (rendererBuilt && mainBuilt) restart(begin, (code) => say(`the server ended (exit ${code})`));
  };
  // The server reads the renderer's files on every request: a change there needs a reload, not a restart.
  await watch({ configFile: RENDERER_CONFIG }, () => {
    if (rendererBuilt) say('renderer built; reload the page');
    else {
      rendererBuilt = true;
      start();
    }
  });
  await watch({ configFile: NODE_CONFIG }, () => {
    mainBuilt = true;
    start();
  });
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, () => stop(130));
process.once('exit', () => running?.kill('SIGKILL'));
try {
  await (process.argv[2] === 'web' ? web() : desktop());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  stop(1);
}
