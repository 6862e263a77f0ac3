import type { Locator, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  await expect(page.getByText('Something is damaged', { exact: false }).first()).toBeVisible();
  await goToSection(page, 'Check & repair');
  await expect(page.getByText('The footer fails its checksum')).toBeVisible();
  await expect(page.getByText('Sound', { exact: true })).toBeVisible();
  await applyRepair(page);
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
  await expect(repair).toBeVisible();
  await tabTo(page, () => repair);
  await page.keyboard.press('Enter');
  const confirm = page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: 'Repair' });
  await expect(confirm).toBeVisible();
  await tabTo(page, () => confirm);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Repaired', { exact: true })).toBeVisible();
  expect(sha256(path)).toBe(intact);
});

test('a practice disk is made, broken, and repaired', async ({ workbench: page }) => {
  await page.getByRole('button', { name: 'Make a small disk and break it for me' }).click();
  await goToSection(page, 'Check & repair');
  await applyRepair(page);
});

test('History lists a repair and takes it back later', async ({ workbench: page, door }) => {
  const path = join(door.root, 'later.vhd');
  makeDynamic(door.root, 'later.vhd');
  damage(path, -448, [0x99]);
  const broken = readFileSync(path);
  await openImage(page, 'later.vhd');
  await goToSection(page, 'Check & repair');
  await applyRepair(page);
  await page.getByRole('button', { name: 'History', exact: true }).click();
  await page.getByRole('grid').getByText('later.vhd').click();
  await page.getByRole('button', { name: /^Undo/ }).first().click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => readFileSync(path).equals(broken)).toBe(true);
});

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

/** Presses Repair, confirms, and waits until it is done. */
async function applyRepair(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Repair', exact: true }).click();
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: 'Repair' })
    .click();
  await expect(page.getByText('Repaired', { exact: true })).toBeVisible();
}
