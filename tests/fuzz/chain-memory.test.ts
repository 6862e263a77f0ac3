/**
 * Verbs that open a child and its parent, each with a BAT of 16 million entries in no order: 64 MiB each where they are
 * kept as they are stored. Next to an empty process they may take no more than that for both, with all else.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { createImage, snapshotImage } from '../../src-main/engine';
import { bundleEngine } from '../support/bundle-engine';
import { useTempFolders } from '../support/temp';

const folder = useTempFolders('all');
const KIB = 1024;
const BLOCK_BYTES = 64 * KIB;
const STRIDE_SECTORS = BLOCK_BYTES / 512 + 1;
const ENTRIES = 16 * KIB * KIB;
let engine = '';
let script = '';
let child = '';

const CHILD = `
const fs = require('node:fs');
const [engine, verb, file] = process.argv.slice(2);
const { openDisk, snapshotImage, writeGuest } = require(engine);
const work = {
  snapshot: () => snapshotImage({ parent: { path: file }, path: file + '.snap' }),
  write: () => writeGuest(
    { image: { path: file }, offset: 123456789, breakChildren: true, noUndo: true },
    (async function* () { yield new Uint8Array(4096).fill(7); })(),
  ),
  twice: async () => {
    for (const disk of [await openDisk(file), await openDisk(file)]) await disk.disk.readAt(Buffer.alloc(512), 123456789);
  },
  nothing: async () => undefined,
};
work[verb]().then(() => {
  const status = (() => { try { return fs.readFileSync('/proc/self/status', 'latin1'); } catch { return ''; } })();
  const own = /VmHWM:\\s+(\\d+) kB/.exec(status);
  process.stdout.write(String((own ? Number(own[1]) : process.resourceUsage().maxRSS) * 1024));
}).catch((error) => { console.error(error); process.exit(1); });
`;

/** Gives every block of an empty image a place, in an order that jumps about; the factor is odd. */
function allocateAll(file: string): void {
  const fd = fs.openSync(file, 'r+');
  const footer = Buffer.alloc(512);
  const footerOffset = fs.fstatSync(fd).size - 512;
  fs.readSync(fd, footer, 0, 512, footerOffset);
  const header = Buffer.alloc(1024);
  fs.readSync(fd, header, 0, 1024, 512);
  const batOffset = Number(header.readBigUInt64BE(16));
  const firstSector = footerOffset / 512;
  const piece = new Uint32Array(KIB * KIB);
  for (let first = 0; first < ENTRIES; first += piece.length) {
    for (let at = 0; at < piece.length; at += 1)
      piece[at] = firstSector + (Math.imul(first + at, 2_654_435_761) & (ENTRIES - 1)) * STRIDE_SECTORS;
    const bytes = Buffer.from(piece.buffer);
    fs.writeSync(fd, bytes.swap32(), 0, bytes.length, batOffset + first * 4);
  }
  fs.writeSync(fd, Buffer.alloc(512), 0, 512, footerOffset);
  fs.writeSync(fd, footer, 0, 512, (firstSector + ENTRIES * STRIDE_SECTORS) * 512);
  fs.closeSync(fd);
}

function residentBytesOf(verb: string): number {
  const run = spawnSync(process.execPath, [script, engine, verb, child], { timeout: 60_000 });
  if (run.status !== 0) throw new Error(`${verb}: ${run.signal ?? ''} ${run.stderr.toString()}`);
  return Number(run.stdout.toString());
}

beforeAll(async () => {
  const out = folder('engine');
  engine = await bundleEngine('src-main/engine/index.ts', out);
  script = path.join(out, 'child.cjs');
  fs.writeFileSync(script, CHILD);
  const images = folder('images');
  const base = path.join(images, 'base.vhd');
  child = path.join(images, 'child.vhd');
  await createImage({
    path: base,
    type: 'dynamic',
    sizeBytes: ENTRIES * BLOCK_BYTES,
    blockSizeBytes: BLOCK_BYTES,
  });
  await snapshotImage({ parent: { path: base }, path: child });
  allocateAll(base);
  allocateAll(child);
}, 60_000);

it.each(['snapshot', 'write'])(
  '%s of a child and its parent holds neither BAT as it is stored',
  (verb) => {
    const taken = residentBytesOf(verb) - residentBytesOf('nothing');
    expect(taken).toBeLessThan(2 * ENTRIES * 4);
  },
  60_000,
);

it('opens a child and its parent twice without holding all four BATs, packed as they are', () => {
  const taken = residentBytesOf('twice') - residentBytesOf('nothing');
  // 48 MiB each; 112 MiB may stay
  expect(taken).toBeLessThan(165e6);
}, 60_000);
