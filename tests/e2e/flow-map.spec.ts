import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BlockMap } from '../../src-shared/model';
import { Corpus, corpusFolder } from '../support/corpus';
import { expect, test } from './door';
import { goToSection, openImage } from './flow';

const CLI = fileURLToPath(new URL('../../out/main/cli.cjs', import.meta.url));
/** From different programs, of every type, with and without data. */
const IMAGES = [
  'qemu72-io.vhd',
  'tap-dyn-data.vhd',
  'vbox7-dyn-data.vhd',
  'dosboxx-fat20.vhd',
  'tap-child.vhd',
];

/** What the command line calls the states of the map. */
const WORDS: Readonly<Record<string, string>> = { allocated: 'data' };

interface Runs {
  readonly runs: readonly { readonly firstBlock: number; readonly count: number; readonly state: string }[];
}

for (const name of IMAGES) {
  test(`the map of ${name} agrees with platter map`, async ({ workbench: page, door }) => {
    const folder = corpusFolder();
    test.skip(folder === null, 'no corpus; set VHD_CORPUS to its folder');
    const corpus = new Corpus(folder ?? '');
    const path = name.includes('child')
      ? corpus.unpackGroup(name, door.root)
      : corpus.unpack(name, door.root);
    const told = spawnSync(process.execPath, [CLI, 'map', '--json', path], { encoding: 'utf8' });
    const blocks = (JSON.parse(told.stdout) as BlockMap).blocks;
    const expected = blocks.flatMap(({ count, state }) => Array.from({ length: count }, () => state));

    await openImage(page, name);
    await goToSection(page, 'Map');
    await page.getByRole('button', { name: 'Export' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Runs (JSON)' }).click();
    const file = await (await saved).path();
    const { runs } = JSON.parse(readFileSync(file, 'utf8')) as Runs;
    const shown = runs.flatMap(({ count, state }) =>
      Array.from({ length: count }, () => WORDS[state] ?? state),
    );
    expect(shown).toEqual(expected);
  });
}
