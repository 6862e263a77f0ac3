import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BlockMap } from '../../src-shared/model';
import { Corpus, corpusFolder } from '../support/corpus';
import type { Page } from '@playwright/test';
import { expect, test } from './door';
import { goToSection, makeChild, makeDynamic, openImage } from './flow';

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

const MIB = 1024 * 1024;

/** The text of the line below that says what the cell under the cursor is. */
const readout = (page: Page) => page.locator('#platter-status');

test('the map goes down to one sector, by keyboard alone, and on to its bytes', async ({
  workbench: page,
  door,
}) => {
  const base = makeDynamic(door.root, 'base.vhd');
  const child = makeChild(door.root, 'child.vhd', base, 'base.vhd');
  await openImage(page, 'child.vhd');
  await goToSection(page, 'Map');
  const whole = page.getByRole('application', { name: /Block map of child\.vhd/ });
  await whole.focus();
  await page.keyboard.press('Home');
  await expect(readout(page)).toContainText('Block 0 · From base.vhd · guest 0x00000000 · LBA 0');
  await page.keyboard.press('ArrowRight');
  await expect(readout(page)).toContainText('Block 1 · Partly used');

  await page.keyboard.press('+');
  await expect(
    page.getByRole('application', { name: /Block 1, sector by sector: 4,096 sectors/ }),
  ).toBeFocused();
  for (const key of ['Home', 'n', 'n', 'n']) await page.keyboard.press(key);
  await expect(readout(page)).toContainText('Block 1, sector 10');
  await page.keyboard.press('ArrowLeft');
  await expect(readout(page)).toContainText('Block 1, sector 9 · in use · guest 0x00201200 · LBA 4,105');
  await page.keyboard.press('Enter');
  const offset = (child.bitmapOffsets.get(1) ?? NaN) + 512 + 9 * 512;
  await expect(page.locator(`[data-offset="${offset}"]`).first()).toBeVisible();

  await goToSection(page, 'Map');
  await expect(readout(page)).toContainText('Block 1');
  await page.getByRole('button', { name: 'Show its sectors' }).click();
  await expect(page.getByRole('application', { name: /Block 1, sector by sector/ })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Show its sectors' })).toBeHidden();
  await page.keyboard.press('End');
  await expect(readout(page)).toContainText('Block 1, sector 4,095');
  await page.keyboard.press('ArrowRight');
  await expect(readout(page)).toContainText('Block 2, sector 0 · ');
  await page.keyboard.press('Escape');
  await expect(whole).toBeFocused();
});

test('what is read from the parent and what from farther up have colours and entries of their own', async ({
  workbench: page,
  door,
}) => {
  const base = makeDynamic(door.root, 'base.vhd');
  const middle = makeChild(door.root, 'middle.vhd', base, 'base.vhd');
  makeDynamic(door.root, 'top.vhd', {
    type: 'differencing',
    blocks: [{ index: 4 }],
    header: { parentId: middle.uniqueId, parentName: 'middle.vhd' },
    locators: [{ platform: 'W2ru', data: '.\\middle.vhd' }],
  });
  await openImage(page, 'top.vhd');
  await goToSection(page, 'Map');
  const legend = page.getByRole('list', { name: 'Show or hide' });
  const [near, far] = ['From middle.vhd', 'From base.vhd'].map((name) =>
    legend.getByRole('button', { name: new RegExp(`^${name}`) }),
  );
  await expect(near!).toBeVisible();
  await expect(far!).toContainText('3');
  const swatch = (entry: typeof near): Promise<string> =>
    entry!
      .locator('span')
      .first()
      .evaluate((span) => getComputedStyle(span).backgroundColor);
  expect(await swatch(near)).not.toBe(await swatch(far));
  await expect(page.getByRole('application', { name: /From middle\.vhd/ })).toBeVisible();
  await far!.click();
  await expect(far!).toHaveAttribute('aria-pressed', 'false');
  await expect(near!).toHaveAttribute('aria-pressed', 'true');
});

test('a click shows the bytes of a block, and the BAT entry of one that is not stored', async ({
  workbench: page,
  door,
}) => {
  const built = makeDynamic(door.root, 'click.vhd');
  await openImage(page, 'click.vhd');
  const cell = async (index: number): Promise<void> => {
    await goToSection(page, 'Map');
    const canvas = page.getByRole('application', { name: /Block map/ });
    await canvas.click({ position: { x: index * 44 + 20, y: 20 } });
  };
  await cell(0);
  await expect(page.locator(`[data-offset="${built.bitmapOffsets.get(0) ?? NaN}"]`).first()).toBeVisible();
  await cell(1);
  await expect(page.locator(`[data-offset="${built.batOffset + 4}"]`).first()).toBeVisible();
});

test('the map shows what a job reads while it runs', async ({ workbench: page, door }) => {
  const data = new Uint8Array(2 * MIB).fill(7);
  makeDynamic(door.root, 'busy.vhd', {
    sizeBytes: 400 * MIB,
    blocks: Array.from({ length: 120 }, (_, index) => ({ index, data })),
  });
  await openImage(page, 'busy.vhd');
  await goToSection(page, 'Map');
  await expect(page.getByRole('application', { name: /Block map/ })).toBeVisible();
  const told = page.getByRole('list', { name: 'What jobs do here now' });
  await expect(told).toBeHidden();

  // Marks are there for as long as they are true; the page writes down what it saw.
  await page.evaluate(() => {
    const seen = new Set<string>();
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const list = document.querySelector('[aria-label="What jobs do here now"]');
      for (const item of list?.children ?? []) seen.add((item.textContent ?? '').trim());
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await page.evaluate(async () => {
    const call = async (name: string, input: unknown): Promise<{ value: never }> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
      return (await response.json()) as { value: never };
    };
    const listing: { entries: { name: string; id: string }[] } = (
      await call('files.browse', { folderId: null })
    ).value;
    const fileId = listing.entries.find((entry) => entry.name === 'busy.vhd')?.id;
    await call('jobs.start', { operation: { verb: 'check', fileId, deep: true, chain: false } });
  });
  await expect
    .poll(() => page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen]))
    .toContainEqual(expect.stringMatching(/^Being read: block \d+$/));
  await expect(told).toBeHidden();
});
