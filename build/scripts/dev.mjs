// @ts-check
// `npm run dev`: the renderer from Vite's server (hot reload), main and preload built on every change, Electron
// started again after each. `npm run dev:web` does the same for the browser door. Ctrl-C ends all of it.
// PLATTER_RENDERER_URL tells the Electron host where the renderer is, in place of its own files.

import { spawn } from 'node:child_process';
import { createServer as createTcpServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
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

/** Calls of the browser door; Vite serves the sources of src-renderer/api under the same name. */
const CALLS = '^/api/(?!.*\\.(ts|vue|css)(\\?|$))';

/** The page from Vite's server, everything else from `platter serve` behind it. */
async function web() {
  const port = await freePort();
  const target = `http://127.0.0.1:${port}`;
  // The browser door answers only to its own address: the proxy speaks in its name.
  const proxied = { target, changeOrigin: true, headers: { origin: target } };
  const server = await createServer({
    configFile: RENDERER_CONFIG,
    server: { host: '127.0.0.1', proxy: { [CALLS]: proxied, '^/\\?token=': proxied } },
  });
  await server.listen();
  const address = server.resolvedUrls?.local[0] ?? '';
  const cli = join(ROOT, 'out', 'main', 'cli.cjs');
  const args = [cli, 'serve', '--no-open', '--port', String(port), ...process.argv.slice(3)];
  const begin = () => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      // Cookies know no ports: what the door's token opens is open at Vite's address, too.
      const token = /\?token=[^\s]+/.exec(line)?.[0];
      if (token !== undefined) say(`open ${new URL(token, address).href}`);
    });
    return child;
  };
  // The door wants a built page before it starts, even though Vite serves another.
  await build({ configFile: RENDERER_CONFIG, logLevel: 'warn' });
  await watch({ configFile: NODE_CONFIG }, () =>
    restart(begin, (code) => say(`the server ended (exit ${code}); it starts again after the next change`)),
  );
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createTcpServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const place = probe.address();
      probe.close(() => resolve(typeof place === 'object' && place !== null ? place.port : 0));
    });
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
