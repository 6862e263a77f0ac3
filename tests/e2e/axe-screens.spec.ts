import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { join } from 'node:path';
import { expect, test } from './door';
import { damage, goToSection, makeChild, makeDynamic, openImage } from './flow';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// Many screens in one page, since opening a door costs more than looking.
test.describe.configure({ timeout: 180_000 });

/** Runs axe over the page in both themes; in the second one only what depends on colours. */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
    const { violations } = await (
      colorScheme === 'light' ? axe.withTags(TAGS) : axe.withRules(['color-contrast'])
    ).analyze();
    const told = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${screen}, ${colorScheme}: ${id}: ${node.html.slice(0, 160)}`),
    );
    expect.soft(told).toEqual([]);
  }
}

const rail = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name, exact: true }).click();

const start = (page: Page, name: string): Promise<void> =>
  page.getByRole('list', { name: 'Start' }).getByRole('button', { name }).click();

test('the screens without a disk pass axe', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'one.vhd');
  await expectAccessible(page, 'home, empty');
  await start(page, 'Open an image');
  await expect(page.getByRole('dialog').getByText('one.vhd')).toBeVisible();
  await expectAccessible(page, 'chooser');
  await page.keyboard.press('Escape');
  for (const name of ['Chains', 'Jobs', 'History', 'Settings', 'Calculators']) {
    await rail(page, name);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page, name);
  }
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await expectAccessible(page, `calculators, ${await tab.innerText()}`);
  }
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, 'palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('heading', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expectAccessible(page, 'shortcuts');
});

test('every step of Create passes axe', async ({ workbench: page }) => {
  await start(page, 'Create a disk');
  for (const step of ['What will use', 'Which type', 'Where shall', 'Everything as']) {
    await expect(page.getByText(step)).toBeVisible();
    await expectAccessible(page, `create, ${step}`);
    const next = page.getByRole('button', { name: 'Continue', exact: true });
    if (await next.isVisible()) await next.click();
  }
});

for (const kind of ['sound', 'broken'] as const)
  test(`every part of a ${kind} disk passes axe`, async ({ workbench: page, door }) => {
    const name = `${kind}.vhd`;
    makeDynamic(door.root, name);
    if (kind === 'broken') {
      damage(join(door.root, name), -448, [0x99]);
      damage(join(door.root, name), 1536 + 4, [0, 0x0f, 0, 0]);
    }
    await openImage(page, name);
    for (const section of ['Overview', 'Map', 'Inspect', 'Chain', 'Check & repair', 'Compare']) {
      await goToSection(page, section);
      await expect(page.getByRole('tabpanel', { name: section })).toBeVisible();
      await page.waitForTimeout(250);
      await expectAccessible(page, `${name}, ${section}`);
    }
  });

test('the screens over a folder pass axe', async ({ workbench: page, door }) => {
  const base = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', base, 'base.vhd');
  makeChild(door.root, 'orphan.vhd', { uniqueId: '00000000-1111-2222-3333-444444444444' }, 'gone.vhd');
  await start(page, 'Look through a folder');
  await page.getByRole('button', { name: /^Choose “/ }).click();
  await expect(page.getByText(/3 images in/)).toBeVisible();
  await expectAccessible(page, 'sweep');
  await rail(page, 'Chains');
  await page.getByRole('button', { name: 'Choose a folder…' }).click();
  await page.getByRole('button', { name: /^Choose “/ }).click();
  await expect(page.getByText('Parent missing')).toBeVisible();
  await expectAccessible(page, 'chains');
});

test('the map of a child and every way to compare pass axe', async ({ workbench: page, door }) => {
  const base = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', base, 'base.vhd');
  await openImage(page, 'child.vhd');
  await goToSection(page, 'Map');
  await page.getByRole('application').focus();
  await page.keyboard.press('n');
  await expectAccessible(page, 'map with a block');
  await page.getByText('Table', { exact: true }).click();
  await expectAccessible(page, 'map as a table');
  await goToSection(page, 'Compare');
  await page.getByRole('button', { name: 'Second image: Choose…' }).click();
  await expectAccessible(page, 'compare, choice of a side');
  await page.getByRole('dialog').getByRole('button', { name: 'A file…' }).click();
  await page.getByRole('dialog').getByText('base.vhd', { exact: true }).dblclick();
  for (const view of ['Fields', 'Map', 'Bytes']) {
    await page.getByRole('tabpanel').getByText(view, { exact: true }).first().click();
    await page.waitForTimeout(250);
    await expectAccessible(page, `compare, ${view}`);
  }
});

test('the wizards over a disk and the guide pass axe', async ({ workbench: page, door }) => {
  const base = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', base, 'base.vhd');
  await openImage(page, 'child.vhd');
  for (const verb of ['Convert', 'Resize', 'Compact', 'Merge', 'Make ready']) {
    await rail(page, 'Disks');
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: verb }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForTimeout(250);
    await expectAccessible(page, verb);
  }
  await rail(page, 'Home');
  await expectAccessible(page, 'home with recents');
  await start(page, 'What is this file?');
  await expectAccessible(page, 'guide');
  await page.getByRole('button', { name: 'Choose a file…' }).click();
  await page.getByRole('dialog').getByText('child.vhd', { exact: true }).dblclick();
  await expect(page.getByText('This is what it is')).toBeVisible();
  await expectAccessible(page, 'guide, verdict');
});
