/** The command line keeps the history within the limit of the settings, as the other doors do. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { runCli } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders('each');
let undoBefore: string | undefined;
beforeEach(() => {
  undoBefore = process.env['PLATTER_UNDO_DIR'];
  delete process.env['PLATTER_UNDO_DIR'];
});
afterEach(() => {
  if (undoBefore === undefined) delete process.env['PLATTER_UNDO_DIR'];
  else process.env['PLATTER_UNDO_DIR'] = undoBefore;
});

/** Three changes of one image; what the history holds after each. */
async function journalsAfterEdits(undoQuotaBytes: number): Promise<number[]> {
  const folder = makeFolder();
  const undo = path.join(folder, 'undo');
  const image = buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(path.join(folder, 'd.vhd'));
  fs.mkdirSync(undo);
  fs.writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ undoFolder: undo, undoQuotaBytes }));
  const counts: number[] = [];
  for (const creator of ['aaaa', 'bbbb', 'cccc']) {
    delete process.env['PLATTER_UNDO_DIR'];
    const run = await runCli(['edit', image, '--set', `creator=${creator}`], {
      env: { PLATTER_DATA_DIR: folder },
    });
    expect(run.exitCode).toBe(0);
    counts.push(fs.readdirSync(undo).length);
  }
  return counts;
}

it('keeps every journal that fits, of others the newest, and none where nothing is to be kept', async () => {
  expect(await journalsAfterEdits(MIB)).toEqual([1, 2, 3]);
  expect(await journalsAfterEdits(1)).toEqual([1, 1, 1]);
  expect(await journalsAfterEdits(0)).toEqual([0, 0, 0]);
});
