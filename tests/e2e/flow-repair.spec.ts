import type { Locator, Page } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openForWriting } from '../../src-main/engine/io';
import { JournaledFile } from '../../src-main/engine/repair';
import { pressRepair } from '../support/press-repair';
import { expect, test } from './door';
import { damage, goToSection, makeDynamic, openImage, sha256 } from './flow';

test('a broken footer checksum is found, repaired, and the repair undone, byte for byte', async ({
  workbench: page,
  door,
}) => {
  const path = join(door.root, 'server disk.vhd');
  makeDynamic(door.root, 'server disk.vhd');
  const intact = sha256(path);
  damage(path, -448, [0x99]);
  const broken = sha256(path);

  await openImage(page, 'server disk.vhd');
  await expect(page.getByText('each can be mended with certainty', { exact: false }).first()).toBeVisible();
  await goToSection(page, 'Check & repair');
  await expect(page.getByText('The footer fails its checksum')).toBeVisible();
  await expect(page.getByText('Sound', { exact: true })).toBeVisible();
  await pressRepair(page);
  expect(sha256(path)).toBe(intact);

  await page.getByRole('button', { name: 'Undo it' }).click();
  await expect(page.getByText('every byte is as it was before', { exact: false })).toBeVisible();
  expect(sha256(path)).toBe(broken);
});

test('the same repair is done with the keyboard alone', async ({ workbench: page, door }) => {
  const path = join(door.root, 'disk.vhd');
  makeDynamic(door.root, 'disk.vhd');
  const intact = sha256(path);
  damage(path, 64, [0x12]);
  await page.getByRole('button', { name: 'Open an image' }).focus();
  await page.keyboard.press('Enter');
  const chooser = page.getByRole('dialog');
  await expect(chooser.getByText('disk.vhd', { exact: true })).toBeVisible();
  await tabTo(page, () => chooser.getByRole('grid').or(chooser.getByRole('table')).first());
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'disk.vhd' })).toBeVisible();
  await tabTo(page, () => page.getByRole('tab', { name: 'Overview' }));
  const check = page.getByRole('tab', { name: 'Check & repair' });
  for (let step = 0; step < 6 && (await check.getAttribute('aria-selected')) !== 'true'; step += 1) {
    await page.keyboard.press('ArrowRight');
  }
  const repair = page.getByRole('button', { name: 'Repair', exact: true });
  await expect(repair).toBeEnabled();
  await tabTo(page, () => repair);
  await page.keyboard.press('Enter');
  const confirm = page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: 'Repair' });
  await expect(confirm).toBeEnabled();
  await tabTo(page, () => confirm);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Repaired', { exact: true })).toBeVisible();
  expect(sha256(path)).toBe(intact);
});

test('a practice disk is made, broken, and repaired', async ({ workbench: page }) => {
  await page.getByRole('button', { name: 'Make a small disk and break it for me' }).click();
  await goToSection(page, 'Check & repair');
  await pressRepair(page);
});

test('History lists a repair and takes it back later', async ({ workbench: page, door }) => {
  const path = join(door.root, 'later.vhd');
  makeDynamic(door.root, 'later.vhd');
  damage(path, -448, [0x99]);
  const broken = readFileSync(path);
  await openImage(page, 'later.vhd');
  await goToSection(page, 'Check & repair');
  await pressRepair(page);
  await page.getByRole('button', { name: 'History', exact: true }).click();
  // no row has to be chosen beforehand
  const row = page.getByRole('grid').getByRole('row').filter({ hasText: 'later.vhd' });
  await row.getByRole('button', { name: /^Undo/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => readFileSync(path).equals(broken)).toBe(true);
  await expect(row.getByText('Undone', { exact: true })).toBeVisible();
  await expect(row.getByRole('button', { name: /^Undo/ })).toHaveCount(0);
  await row.getByRole('button', { name: /^Remove/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No change has been made yet')).toBeVisible();
});

test("a copy of the whole image is made before the repair, in a place of the person's choice", async ({
  workbench: page,
  door,
}) => {
  const path = join(door.root, 'precious.vhd');
  makeDynamic(door.root, 'precious.vhd');
  damage(path, -448, [0x99]);
  const broken = sha256(path);
  await openImage(page, 'precious.vhd');
  await goToSection(page, 'Check & repair');
  await page.getByRole('radio', { name: /copy of the whole image/ }).click();
  const repair = page.getByRole('button', { name: 'Repair', exact: true });
  await expect(repair).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Choose a place' }).click();
  const chooser = page.getByRole('dialog');
  await expect(chooser.getByLabel('File name')).toHaveValue('precious before repair.vhd');
  await chooser.getByRole('button', { name: 'Choose', exact: true }).click();
  await pressRepair(page);
  expect(sha256(join(door.root, 'precious before repair.vhd'))).toBe(broken);
  await expect(page.getByText('The copy from before', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Undo it' }).click();
  await expect(page.getByText('every byte is as it was before', { exact: false })).toBeVisible();
  expect(sha256(path)).toBe(broken);
});

for (const way of ['Roll back', 'Finish'] as const) {
  test(`an interrupted repair is recognised when the image is opened: ${way}`, async ({
    workbench: page,
    door,
  }) => {
    const path = join(door.root, 'half.vhd');
    makeDynamic(door.root, 'half.vhd');
    const intact = sha256(path);
    damage(path, -448, [0x99]);
    const broken = sha256(path);
    await interruptRepair(path);
    expect(sha256(path)).not.toBe(broken);

    await openImage(page, 'half.vhd');
    const banner = page.getByRole('status').filter({ hasText: 'A change of this image is not finished' });
    await expect(banner).toBeVisible();
    await expect(banner.getByRole('button', { name: 'Look at the bytes' })).toBeVisible();
    await goToSection(page, 'Check & repair');
    await expect(page.getByText('lies beside the image', { exact: false }).first()).toBeVisible();
    await banner.getByRole('button', { name: way }).click();
    await expect(banner).toHaveCount(0);
    expect(sha256(path)).toBe(way === 'Finish' ? intact : broken);
    expect(existsSync(`${path}.platter-undo`)).toBe(false);
  });
}

/** Leaves an image as a repair whose process died leaves it: half changed, with its journal beside it. */
async function interruptRepair(path: string): Promise<void> {
  const image = await openForWriting(path, { allowUnlocked: true });
  const change = { operation: 'repair', title: 'Repair: footer-checksum', request: {} };
  const journaled = await JournaledFile.begin(image, change);
  await journaled.writeAt(new Uint8Array(8), (await image.size()) - 512);
  await journaled.close();
  await image.close();
}

/** Presses Tab until the element (or something inside it) has the focus. */
async function tabTo(page: Page, target: () => Locator): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    const there = await target()
      .evaluate((element) => element.contains(document.activeElement))
      .catch(() => false);
    if (there) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the element cannot be reached with Tab');
}
