// @ts-check
// The programs the tests use besides what npm installs.
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.mjs';
import { hasCommand, killTree, start } from './processes.mjs';

const TOOLS = [
  { apt: 'qemu-utils', has: () => hasCommand('qemu-img'), use: 'oracle tests with qemu-img' },
  { apt: 'libvhdi-utils', has: () => hasCommand('vhdiinfo'), use: 'oracle tests with vhdiinfo' },
  { apt: 'p7zip-full', has: () => hasCommand('7z') || hasCommand('7zz'), use: 'oracle tests with 7z' },
  { apt: 'chromium', has: () => findChromium() !== undefined, use: 'browser and component tests' },
  {
    apt: 'rpm',
    has: () => process.platform !== 'linux' || hasCommand('rpmbuild'),
    use: 'package tests that build an rpm',
  },
  {
    apt: 'squashfs-tools',
    has: () => process.platform !== 'linux' || hasCommand('mksquashfs'),
    use: 'package tests that build an AppImage',
  },
  {
    apt: 'nsis',
    has: () => process.platform !== 'linux' || hasCommand('makensis'),
    use: 'package tests that compile our part of the installer for Windows',
  },
  {
    apt: 'xvfb',
    has: () => process.platform !== 'linux' || hasCommand('Xvfb'),
    use: 'desktop tests without a screen',
  },
];

/**
 * Brings the missing programs where that is allowed without asking (root on a Debian system).
 * @param {(line: string) => void} log
 * @returns {string[]} one line for each one that is still missing
 */
export function provideTools(log) {
  const missing = TOOLS.filter((tool) => !tool.has());
  if (missing.length === 0) return [];
  if (process.getuid?.() === 0 && hasCommand('apt-get')) {
    const names = missing.map((tool) => tool.apt);
    log(`apt-get install ${names.join(' ')}`);
    apt(['update']);
    apt(['install', '-y', '--no-install-recommends', ...names]);
  }
  return missing.filter((tool) => !tool.has()).map((tool) => `${tool.apt}: ${tool.use}`);
}

/** @param {string[]} args */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const outcome = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8', timeout: 600_000 });
  if (outcome.status !== 0) console.error(outcome.stderr.trim().split('\n').slice(-5).join('\n'));
}

/**
 * A screen of our own that nobody sees. On other systems than Linux there is always one.
 * @returns {Promise<{ display: string, stop: () => void } | undefined>}
 */
export async function startScreen() {
  if (process.platform !== 'linux' || !hasCommand('Xvfb')) return undefined;
  // -displayfd: the server takes a free number by itself and tells which.
  const command = ['Xvfb', '-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'];
  const server = start(command, process.env, ['ignore', 'ignore', 'ignore', 'pipe']);
  const number = await new Promise((resolve) => {
    server.stdio[3]?.once('data', (/** @type {Buffer} */ data) => resolve(data.toString().trim()));
    server.once('close', () => resolve(undefined));
    setTimeout(() => resolve(undefined), 15_000).unref();
  });
  if (number === undefined) {
    killTree(server);
    return undefined;
  }
  server.unref();
  return { display: `:${number}`, stop: () => killTree(server) };
}
