/**
 * The check of a damaged image in a process of its own, as the command line does it: its resident memory never grows
 * beyond 200 MB, whatever the image claims of itself. Measured by the system's own high-water mark.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { bundleEngine } from '../support/bundle-engine';
import { useTempFolders } from '../support/temp';
import { buildVhd, type VhdKnobs } from '../support/vhd-builder';
import { batMutants, fieldMutants, randomMutant, type Mutant } from './mutations';

const folder = useTempFolders('all');
const RESIDENT_BYTES_MAX = 200 * 1000 * 1000;
const MIB = 1024 * 1024;
let engine = '';
let script = '';

/** Checks every file named, deeply; ends with the high-water mark of its resident memory in bytes. */
const CHILD = `
const fs = require('node:fs');
const [engine, ...files] = process.argv.slice(2);
const { checkImage } = require(engine);
(async () => {
  let answers = 0;
  for (const file of files) {
    await checkImage(file, { deep: true }).catch((error) => { if (!error.code || error.kind === 'bug') throw error; });
    answers += 1;
  }
  // Linux hands ru_maxrss on from the process that forked; VmHWM is this program's own
  const status = (() => { try { return fs.readFileSync('/proc/self/status', 'latin1'); } catch { return ''; } })();
  const own = /VmHWM:\\s+(\\d+) kB/.exec(status);
  const residentBytes = (own ? Number(own[1]) : process.resourceUsage().maxRSS) * 1024;
  process.stdout.write(JSON.stringify({ answers, residentBytes }));
})().catch((error) => { console.error(error); process.exit(1); });
`;

beforeAll(async () => {
  const out = folder('engine');
  engine = await bundleEngine('src-main/engine/check/index.ts', out);
  script = path.join(out, 'child.cjs');
  fs.writeFileSync(script, CHILD);
});

function checkInChild(files: readonly string[]): {
  readonly answers: number;
  readonly residentBytes: number;
} {
  const run = spawnSync(process.execPath, [script, engine, ...files], { timeout: 60_000 });
  if (run.status !== 0)
    throw new Error(`${files.length} files: ${run.signal ?? ''} ${run.stderr.toString()}`);
  return JSON.parse(run.stdout.toString()) as { answers: number; residentBytes: number };
}

function writeAll(mutants: Iterable<Mutant>): string[] {
  const into = folder('mutants');
  return [...mutants].map(({ bytes }, at) => {
    // each by itself: a child looks for its parent among the images beside it
    fs.mkdirSync(path.join(into, String(at)));
    const file = path.join(into, String(at), 'mutant.vhd');
    fs.writeFileSync(file, bytes);
    return file;
  });
}

const everyNth = <T>(all: Iterable<T>, n: number): T[] => [...all].filter((_, at) => at % n === 0);

it('stays below 200 MB over hundreds of images with nasty values in every field', () => {
  const files = writeAll([
    ...everyNth(fieldMutants(), 151),
    ...everyNth(batMutants(), 29),
    ...Array.from({ length: 30 }, (_, at) => randomMutant(4_000 + at)),
  ]);
  const { answers, residentBytes } = checkInChild(files);
  expect(answers).toBe(files.length);
  expect(answers).toBeGreaterThan(80);
  expect(residentBytes).toBeLessThan(RESIDENT_BYTES_MAX);
});

/** Files that are long, and nearly all hole, so that claims about great structures can be followed far. */
const HUGE: readonly (readonly [string, VhdKnobs])[] = [
  [
    'a count of four billion entries',
    { type: 'dynamic', sizeBytes: 8 * MIB, header: { maxTableEntries: 0xffff_ffff } },
  ],
  [
    'the largest size there is, with blocks of 512 bytes',
    {
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      header: { blockSize: 512 },
      footer: { currentSize: 2040n << 30n },
    },
  ],
  [
    'the largest size there is, with entries for all of it',
    {
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      header: { maxTableEntries: 1_044_480 },
      footer: { currentSize: 2040n << 30n },
    },
  ],
];

it.each(HUGE)('stays below 200 MB for %s', (_name, knobs) => {
  const into = folder('huge');
  const file = path.join(into, 'huge.vhd');
  const built = Buffer.from(buildVhd(knobs).bytes());
  fs.writeFileSync(file, built);
  // zeros in the table are blocks in the metadata: a million equal faults
  fs.truncateSync(file, 1024 * MIB);
  fs.appendFileSync(file, built.subarray(-512));
  const { answers, residentBytes } = checkInChild([file]);
  expect(answers).toBe(1);
  expect(residentBytes).toBeLessThan(RESIDENT_BYTES_MAX);
});
