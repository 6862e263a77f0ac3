/**
 * Verbs on a BAT of eight million entries in a process of their own, as the command line runs them: next to the BAT
 * itself, 32 MiB, they take little. Each bound lies well below what lists or second copies of that length would take.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { bundleEngine } from '../support/bundle-engine';
import { useTempFolders } from '../support/temp';
import { buildVhd } from '../support/vhd-builder';

const folder = useTempFolders('all');
const KIB = 1024;
const BLOCK_BYTES = 64 * KIB;
const STRIDE_SECTORS = BLOCK_BYTES / 512 + 1;
const ENTRIES = 8 * KIB * KIB;
const SIZE_BYTES = ENTRIES * BLOCK_BYTES;
const BAT_OFFSET = 1536;
const FIRST_SECTOR = BAT_OFFSET / 512 + (ENTRIES * 4) / 512;
let engine = '';
let script = '';

const CHILD = `
const fs = require('node:fs');
const [engine, verb, file] = process.argv.slice(2);
const { applyRepair, checkImage, compactImage, planRepair, rescueImage, resizeImage, undoImage } = require(engine);
const history = { historyFolder: file + '-history' };
const work = {
  plan: () => planRepair(file, { deep: true }),
  part: async () => {
    const plan = await applyRepair(file, { ...history, deep: false, choose: { 'blocks-overlap': 'keep-first' } });
    if (!plan.applied || plan.remaining.includes('blocks-overlap')) throw new Error('the blocks were not parted');
    await undoImage(file, history);
  },
  clear: async () => {
    const plan = await applyRepair(file, { ...history, choose: { 'bat-entry-outside': 'clear' } });
    if (!plan.applied || plan.remaining.includes('bat-entry-outside')) throw new Error('the entries were not cleared');
  },
  rescue: () => rescueImage(file, file + '-rescued.vhd'),
  check: () => checkImage(file, {}),
  deep: () => checkImage(file, { deep: true }),
  resize: () => resizeImage({ image: { path: file }, sizeBytes: ${SIZE_BYTES + 64 * KIB * KIB * KIB}, verify: 'none' }),
  compact: () => compactImage({ image: { path: file } }),
  compactIntoNew: () => compactImage({ image: { path: file }, target: file + '.new.vhd' }),
};
work[verb]().then(() => {
  const status = (() => { try { return fs.readFileSync('/proc/self/status', 'latin1'); } catch { return ''; } })();
  const own = /VmHWM:\\s+(\\d+) kB/.exec(status);
  process.stdout.write(String((own ? Number(own[1]) : process.resourceUsage().maxRSS) * 1024));
}).catch((error) => { console.error(error); process.exit(1); });
`;

beforeAll(async () => {
  const out = folder('engine');
  engine = await bundleEngine('src-main/engine/index.ts', out);
  script = path.join(out, 'child.cjs');
  fs.writeFileSync(script, CHILD);
});

/** An image of holes but for its metadata: `sectorOf` tells where each block lies. */
function writeImage(sectorOf: (block: number) => number, blocksInFile: number): string {
  const file = path.join(folder('image'), 'large.vhd');
  const built = Buffer.from(
    buildVhd({
      type: 'dynamic',
      sizeBytes: BLOCK_BYTES,
      blockSizeBytes: BLOCK_BYTES,
      header: { maxTableEntries: ENTRIES, tableOffset: BigInt(BAT_OFFSET) },
      footer: { currentSize: BigInt(SIZE_BYTES), originalSize: BigInt(SIZE_BYTES) },
    }).bytes(),
  );
  const footer = built.subarray(-512);
  const fd = fs.openSync(file, 'w');
  fs.writeSync(fd, built.subarray(0, BAT_OFFSET), 0, BAT_OFFSET, 0);
  const piece = Buffer.alloc(4 * KIB * KIB);
  for (let first = 0; first < ENTRIES; first += piece.length / 4) {
    for (let at = 0; at < piece.length; at += 4) piece.writeUInt32BE(sectorOf(first + at / 4), at);
    fs.writeSync(fd, piece, 0, piece.length, BAT_OFFSET + first * 4);
  }
  fs.writeSync(fd, footer, 0, 512, (FIRST_SECTOR + blocksInFile * STRIDE_SECTORS) * 512);
  fs.closeSync(fd);
  return file;
}

function residentBytesOf(verb: string, file: string): number {
  const run = spawnSync(process.execPath, [script, engine, verb, file], { timeout: 60_000 });
  if (run.status !== 0) throw new Error(`${verb}: ${run.signal ?? ''} ${run.stderr.toString()}`);
  return Number(run.stdout.toString());
}

/** Every block, in an order that jumps about; the factor is odd, so that no two get the same place. */
const scattered = (block: number): number =>
  FIRST_SECTOR + (Math.imul(block, 2_654_435_761) & (ENTRIES - 1)) * STRIDE_SECTORS;

it('checks eight million scattered blocks without a second array of them', () => {
  const file = writeImage(scattered, ENTRIES);
  expect(residentBytesOf('check', file)).toBeLessThan(150e6);
});

it('grows an image of so many blocks without a copy of its BAT', () => {
  const file = writeImage(scattered, ENTRIES);
  expect(residentBytesOf('resize', file)).toBeLessThan(150e6);
});

it('compacts an image of so many blocks, in place and into a new file', () => {
  const sectorOf = (block: number): number =>
    block % 8192 === 0 ? FIRST_SECTOR + (block / 8192) * STRIDE_SECTORS : 0xffff_ffff;
  const file = writeImage(sectorOf, ENTRIES / 8192);
  expect(residentBytesOf('compactIntoNew', file)).toBeLessThan(125e6);
  expect(residentBytesOf('compact', file)).toBeLessThan(135e6);
});

it('checks deeply a BAT of so many equal entries', () => {
  const file = writeImage(() => FIRST_SECTOR, 1);
  expect(residentBytesOf('deep', file)).toBeLessThan(170e6);
});

it('plans the repair of so many equal entries without a list of them', () => {
  const file = writeImage(() => FIRST_SECTOR, 1);
  expect(residentBytesOf('plan', file)).toBeLessThan(190e6);
});

it('gives up every second of so many blocks, and takes that back', () => {
  const file = writeImage((block) => FIRST_SECTOR + (block >>> 1) * STRIDE_SECTORS, ENTRIES / 2);
  expect(residentBytesOf('part', file)).toBeLessThan(230e6);
});

it('clears as many entries that lie outside the file', () => {
  const file = writeImage((block) => 0xffff_fff0 - (block % 7), 1);
  expect(residentBytesOf('clear', file)).toBeLessThan(230e6);
});

it('rescues what so many entries at one place leave', () => {
  const file = writeImage(() => FIRST_SECTOR, 1);
  expect(residentBytesOf('rescue', file)).toBeLessThan(190e6);
});

it('rescues so many scattered blocks of holes, each asked about in the order of their numbers', () => {
  const file = writeImage(scattered, ENTRIES);
  expect(residentBytesOf('rescue', file)).toBeLessThan(220e6);
});
