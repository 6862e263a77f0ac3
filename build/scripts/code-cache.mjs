// @ts-check
// Makes V8's code cache of the built command line, for the Node that builds: `src-main/cli/start.ts` uses it.
// Called at the end of the build; a build without it works the same and starts more slowly.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORDER = fileURLToPath(new URL('code-cache-recorder.cjs', import.meta.url));

/**
 * Runs the verbs that are started most, so that the cache holds the functions which they use.
 * @param {string} folder the built program's folder, with `cli.cjs` in it
 */
export function makeCodeCache(folder) {
  const work = mkdtempSync(join(tmpdir(), 'platter-code-cache-'));
  const at = (/** @type {string} */ name) => join(work, name);
  const runs = [
    ['create', at('disk.vhd'), '--type', 'dynamic', '--size', '8M'],
    ['snapshot', at('disk.vhd'), at('child.vhd')],
    ['info', at('disk.vhd')],
    ['check', at('disk.vhd')],
    ['map', at('disk.vhd')],
    ['hash', at('child.vhd')],
    ['convert', at('disk.vhd'), at('disk.raw'), '--to', 'raw'],
    ['compare', at('disk.vhd'), at('disk.raw')],
    ['convert', at('disk.raw'), at('again.vhd'), '--to', 'dynamic', '--from', 'raw'],
  ];
  try {
    for (const run of runs) {
      const argv = ['-r', RECORDER, join(folder, 'cli.cjs'), ...run];
      const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`platter ${run.join(' ')} gave ${status}: ${stderr}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
