// @ts-check
// The screen: first view, map, long tasks, and how much is loaded. In a real Chromium against the built browser door.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from '../../build/scripts/chromium.mjs';
import { median } from './measure.mjs';
import { visit } from './renderer-page.mjs';

const SECTOR_BYTES = 512;
const FOOTER_BYTES = 512;

/**
 * @param {{ cli: readonly string[], folder: string, rounds: number }} setup the folder holds `huge.vhd`
 * @returns {Promise<import('./report.mjs').Row[]>}
 */
export async function measureRenderer({ cli, folder, rounds }) {
  const root = path.join(folder, 'screen');
  fs.mkdirSync(root);
  const images = [{ name: 'huge.vhd', what: 'an empty 2040 GiB image' }];
  fs.copyFileSync(path.join(folder, 'huge.vhd'), path.join(root, 'huge.vhd'));
  if (tryFill(path.join(root, 'huge.vhd'), path.join(root, 'busy.vhd')))
    images.push({ name: 'busy.vhd', what: 'a 2040 GiB image with 626,688 blocks all over the file' });
  else
    console.log('This file system cannot hold a sparse file of 1.3 TiB; only the empty image is looked at.');
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const rows = [];
    for (const { name, what } of images) {
      const visits = [];
      for (let round = 0; round < rounds; round += 1) {
        const door = await openDoor(cli, root, path.join(folder, `data-${name}-${round}`));
        try {
          visits.push(await visit(browser, door.url, name));
        } finally {
          await door.close();
        }
      }
      rows.push(...rowsOf(what, visits));
    }
    return rows;
  } finally {
    await browser.close();
  }
}

/** @param {string} what @param {readonly import('./renderer-page.mjs').Visit[]} visits @returns {import('./report.mjs').Row[]} */
function rowsOf(what, visits) {
  const row = (/** @type {string} */ name, /** @type {number} */ mostMs, /** @type {number[]} */ times) => ({
    group: 'Screen',
    name,
    peerName: `at most ${mostMs} ms`,
    goal: 1,
    oursMs: median(times),
    peerMs: mostMs,
    ratio: median(times) / mostMs,
    memoryMib: null,
  });
  const phases = Object.keys(visits[0]?.longestMs ?? {});
  return [
    row(`first view of ${what}`, 300, visits.map(({ openMs }) => openMs)), // prettier-ignore
    row(`first map of ${what}`, 300, visits.map(({ mapMs }) => mapMs)), // prettier-ignore
    row(`map frame of ${what}, zooming and panning`, 16, visits.map(({ frameMs }) => median(frameMs))), // prettier-ignore
    row(`slowest such frame of ${what}`, 16, visits.map(({ frameMs }) => Math.max(...frameMs))), // prettier-ignore
    ...phases.map((phase) =>
      row(
        `longest task, ${phase}, ${what}`,
        100,
        visits.map(({ longestMs }) => longestMs[phase] ?? 0),
      ),
    ),
  ];
}

/**
 * The empty image again with three blocks of five allocated, in runs of 64 out of order; their data are holes.
 * @param {string} empty @param {string} file @returns {boolean} false where the file system cannot hold it
 */
function tryFill(empty, file) {
  fs.copyFileSync(empty, file);
  const fd = fs.openSync(file, 'r+');
  try {
    const size = fs.fstatSync(fd).size;
    const footer = Buffer.alloc(FOOTER_BYTES);
    fs.readSync(fd, footer, 0, FOOTER_BYTES, size - FOOTER_BYTES);
    const header = Buffer.alloc(1024);
    fs.readSync(fd, header, 0, header.length, Number(footer.readBigUInt64BE(16)));
    const [batOffset, entries] = [Number(header.readBigUInt64BE(16)), header.readUInt32BE(28)];
    const strideSectors = header.readUInt32BE(32) / SECTOR_BYTES + 8;
    const bat = Buffer.alloc(entries * 4, 0xff);
    // A data block begins on 4 KiB when its bitmap's sector is 7 modulo 8.
    const first = Math.ceil((batOffset + bat.length) / SECTOR_BYTES / 8) * 8 + 7;
    const blocks = Array.from({ length: entries }, (_, block) => block).filter((block) => block % 5 < 3);
    blocks.forEach((block, at) => {
      const run = Math.floor(at / 64);
      const place = Math.min(blocks.length - 1, (run ^ 1) * 64 + (at % 64));
      const isPaired = (run | 1) * 64 + 63 < blocks.length;
      bat.writeUInt32BE(first + (isPaired ? place : at) * strideSectors, block * 4);
    });
    const end = (first + blocks.length * strideSectors) * SECTOR_BYTES;
    fs.ftruncateSync(fd, end + FOOTER_BYTES);
    fs.writeSync(fd, bat, 0, bat.length, batOffset);
    // The old footer lies where the first block's bitmap or padding is now.
    fs.writeSync(fd, Buffer.alloc(FOOTER_BYTES), 0, FOOTER_BYTES, size - FOOTER_BYTES);
    fs.writeSync(fd, footer, 0, FOOTER_BYTES, end);
    return true;
  } catch {
    fs.rmSync(file, { force: true });
    return false;
  } finally {
    fs.closeSync(fd);
  }
}

/** @param {readonly string[]} cli @param {string} root @param {string} dataFolder */
async function openDoor(cli, root, dataFolder) {
  const [program = '', ...args] = [...cli, 'serve', '--no-open', '--port', '0', '--root', root];
  const env = { ...process.env, PLATTER_DATA_DIR: dataFolder };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`platter serve ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /http:\/\/\S+/.exec(line)?.[0];
      if (found) resolve(found);
    });
  });
  return {
    url: /** @type {string} */ (url),
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * What a page loads at the start, home included, and what each screen adds when it is first visited, as lines of a
 * table for the report.
 * @param {string} rendererFolder
 */
export function reportBundle(rendererFolder) {
  const assets = path.join(rendererFolder, 'assets');
  const files = fs.readdirSync(assets).filter((name) => /\.(?:js|css)$/.test(name));
  const textOf = (/** @type {string} */ name) => fs.readFileSync(path.join(assets, name), 'utf8');
  const html = fs.readFileSync(path.join(rendererFolder, 'index.html'), 'utf8');
  /** A chunk and all that it imports. @param {Set<string>} known @param {string} name */
  const addWithImports = (known, name) => {
    if (known.has(name)) return known;
    known.add(name);
    if (name.endsWith('.js'))
      for (const [, found = ''] of textOf(name).matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g))
        addWithImports(known, found);
    return known;
  };
  const line = (/** @type {string} */ what, /** @type {readonly string[]} */ names) => {
    const contents = names.map((name) => fs.readFileSync(path.join(assets, name)));
    const kib = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
    const sum = (/** @type {(content: Buffer) => number} */ of) =>
      contents.reduce((total, content) => total + of(content), 0);
    return `| ${what} | ${names.length} | ${kib(sum(({ length }) => length))} | ${kib(sum((content) => gzipSync(content).length))} |`;
  };
  const screens = files.filter((name) => /View-[\w-]+\.js$/.test(name)).sort();
  const isFirst = (/** @type {string} */ name) =>
    html.includes(name) || /^(?:start|ui|HomeView)-[\w-]+\.(?:js|css)$/.test(name);
  const first = files.filter(isFirst).reduce(addWithImports, /** @type {Set<string>} */ (new Set()));
  return [
    '| loaded | files | size | gzip |',
    '|---|---:|---:|---:|',
    line('at the start, home included', [...first]),
    ...screens
      .filter((name) => !first.has(name))
      .map((name) =>
        line(
          `${name.replace(/-[\w-]{8}\.js$/, '')} adds`,
          [...addWithImports(new Set(), name)].filter((file) => !first.has(file)),
        ),
      ),
    line('everything', files),
  ];
}
