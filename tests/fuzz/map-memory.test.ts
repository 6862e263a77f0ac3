/**
 * `map` of very many runs, as the command line runs it, into a pipe that is read slowly: neither the runs nor what is
 * printed may pile up. Collected, they took 80 to 210 MB more.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { bundleEngine } from '../support/bundle-engine';
import { firstSectorBehind, strideSectorsOf, writeLargeBat } from '../support/large-bat';
import { useTempFolders } from '../support/temp';

const folder = useTempFolders('all');
const BLOCK_BYTES = 64 * 1024;
const UNUSED = 0xffff_ffff;
let cli = '';
let preload = '';

/** Tells the most memory that the process ever had. */
const PRELOAD = `
const fs = require('node:fs');
process.on('exit', () => {
  let status = '';
  try { status = fs.readFileSync('/proc/self/status', 'latin1'); } catch {}
  const own = /VmHWM:\\s+(\\d+) kB/.exec(status);
  fs.writeFileSync(process.env.RESIDENT_FILE, String((own ? Number(own[1]) : process.resourceUsage().maxRSS) * 1024));
});
`;

beforeAll(async () => {
  const out = folder('cli');
  cli = await bundleEngine('src-main/cli/main.ts', out);
  preload = path.join(out, 'preload.cjs');
  fs.writeFileSync(preload, PRELOAD);
});

/** Zero blocks all over the file; with gaps, only every other block is there, and each is a run of its own. */
function writeImage(entries: number, hasGaps: boolean): string {
  const place = (block: number): number => Math.imul(block, 2_654_435_761) & (entries - 1);
  return writeLargeBat(path.join(folder('image'), 'large.vhd'), {
    entries,
    blockSizeBytes: BLOCK_BYTES,
    blocksInFile: entries,
    sectorOf: (block) =>
      hasGaps && block % 2 === 1
        ? UNUSED
        : firstSectorBehind(entries) + place(block) * strideSectorsOf(BLOCK_BYTES),
  });
}

async function runMap(...argv: string[]): Promise<{ residentBytes: number; lines: number }> {
  const residentFile = path.join(folder('resident'), 'bytes');
  const child = spawn(process.execPath, ['--require', preload, cli, 'map', ...argv], {
    env: { ...process.env, RESIDENT_FILE: residentFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  let readBytes = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte === 10) lines += 1;
    // slower at first, so that there is time for it to pile up
    readBytes += chunk.length;
    if (readBytes < 4_000_000) await wait(10);
  }
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  expect(child.exitCode).toBe(0);
  return { residentBytes: Number(fs.readFileSync(residentFile, 'utf8')), lines };
}

it('prints a million extents as qemu-img does', async () => {
  const entries = 2 ** 20;
  const { residentBytes, lines } = await runMap(writeImage(entries, false), '--format', 'qemu', '--json');
  expect(lines).toBe(entries + 1);
  expect(residentBytes).toBeLessThan(150e6);
}, 60_000);

it('prints half a million runs of blocks', async () => {
  const entries = 2 ** 19;
  const { residentBytes, lines } = await runMap(writeImage(entries, true), '--json');
  expect(lines).toBe(entries + 1);
  expect(residentBytes).toBeLessThan(130e6);
}, 60_000);
