/** Relinking goes by ids: neither the BAT of the parent nor a second copy of the child's is held. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createImage, snapshotImage } from '../../src-main/engine';
import { bundleEngine } from '../support/bundle-engine';
import { useTempFolders } from '../support/temp';

const folder = useTempFolders('all');
const MIB = 1024 * 1024;
const ENTRIES = 16 * MIB;
const BAT_BYTES = ENTRIES * 4;
const BLOCK_BYTES = 64 * 1024;

const CHILD = `
const fs = require('node:fs');
const [engine, child, parent] = process.argv.slice(2);
const { relinkImage } = require(engine);
const work = parent ? relinkImage({ child, parent, history: { historyFolder: child + '.history' } }) : Promise.resolve();
work.then(() => {
  const status = (() => { try { return fs.readFileSync('/proc/self/status', 'latin1'); } catch { return ''; } })();
  const own = /VmHWM:\\s+(\\d+) kB/.exec(status);
  process.stdout.write(String((own ? Number(own[1]) : process.resourceUsage().maxRSS) * 1024));
}).catch((error) => { console.error(error); process.exit(1); });
`;

it('relink of a child holds one BAT at a time', async () => {
  const out = folder('relink-memory');
  const at = (name: string): string => path.join(out, name);
  const engine = await bundleEngine('src-main/engine/index.ts', out);
  fs.writeFileSync(at('child.cjs'), CHILD);
  await createImage({
    path: at('base.vhd'),
    type: 'dynamic',
    sizeBytes: ENTRIES * BLOCK_BYTES,
    blockSizeBytes: BLOCK_BYTES,
  });
  await snapshotImage({ parent: { path: at('base.vhd') }, path: at('leaf.vhd') });
  fs.renameSync(at('base.vhd'), at('moved.vhd'));
  const peak = (...args: string[]): number => {
    const run = spawnSync(process.execPath, [at('child.cjs'), engine, ...args], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    return Number(run.stdout);
  };
  const taken = peak(at('leaf.vhd'), at('moved.vhd')) - peak(at('leaf.vhd'));
  expect(taken).toBeLessThan(1.7 * BAT_BYTES);
});
