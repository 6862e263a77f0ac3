import type { Locator, Page } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pressRepair } from '../support/press-repair';
import { expect, test } from './door';
import { compareWith, damage, goToSection, makeDynamic, openImage } from './flow';

const MIB = 1024 * 1024;

/** Opens an image whose footer is broken, and repairs it. @returns where its footer's checksum lies */
async function repairOne(page: Page, root: string, name: string): Promise<number> {
  const built = makeDynamic(root, name);
  damage(join(root, name), -448, [0x99]);
  await openImage(page, name);
  await goToSection(page, 'Check & repair');
  await pressRepair(page);
  return built.footerOffset + 64;
}

const compareBy = (page: Page, name: string): Promise<void> =>
  page.getByRole('group', { name: 'Compare by' }).getByText(name, { exact: true }).click();

const cell = (within: Locator | Page, offset: number): Locator =>
  within.locator(`[data-offset="${offset}"]`).first();

test('Inspect marks what differs from the state before a repair, and goes to it', async ({
  workbench: page,
  door,
}) => {
  const checksum = await repairOne(page, door.root, 'disk.vhd');
  await goToSection(page, 'Inspect');
  await page.getByRole('button', { name: 'Difference…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /The footer fails its checksum/ })
    .click();
  const bar = page.getByRole('group', { name: 'Difference' });
  await expect(bar).toContainText('Difference from the state before “Repair: The footer fails its checksum”');
  // The first difference comes into view by itself: the byte that the repair put right.
  await expect(page.getByRole('heading', { name: 'Checksum' })).toBeVisible();
  await expect(cell(page, checksum)).toHaveClass(/underline/);
  await expect(cell(page, checksum + 1)).not.toHaveClass(/underline/);
  await expect(page.getByText('0x99fff', { exact: false }).first()).toBeVisible();
  await bar.getByRole('button', { name: 'Next difference' }).click();
  await expect(bar).toContainText('No further difference.');
  await bar.getByRole('button', { name: 'Mark no differences' }).click();
  await expect(cell(page, checksum)).not.toHaveClass(/underline/);
});

test('a state of the past is refused with its reason once somebody else changed the image', async ({
  workbench: page,
  door,
}) => {
  await repairOne(page, door.root, 'disk.vhd');
  const path = join(door.root, 'disk.vhd');
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(512)]));
  await goToSection(page, 'Inspect');
  await page.getByRole('button', { name: 'Difference…' }).click();
  await expect(page.getByRole('dialog')).toContainText('it was changed since');
});

test('an image is compared with itself before a repair: content, fields, map and bytes', async ({
  workbench: page,
  door,
}) => {
  const checksum = await repairOne(page, door.root, 'disk.vhd');
  await goToSection(page, 'Compare');
  await page.getByRole('button', { name: /The footer fails its checksum/ }).click();
  await expect(
    page.getByText('before “Repair: The footer fails its checksum”', { exact: false }),
  ).toBeVisible();

  await compareBy(page, 'Fields');
  await expect(page.getByText(/^1 of \d+ fields differs$/)).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: 'Checksum' });
  await expect(row).toContainText(/0x99fff.*0xffff/);

  await compareBy(page, 'Bytes');
  const bytes = page.getByRole('application', { name: /bytes of both/ });
  const [before, after] = [bytes.locator('[data-side="a"]'), bytes.locator('[data-side="b"]')];
  await expect(cell(before, checksum)).toHaveText('99');
  await expect(cell(after, checksum)).toHaveText('ff');
  await expect(cell(before, checksum)).toHaveClass(/bg-before/);
  await expect(cell(before, checksum + 1)).not.toHaveClass(/bg-before/);

  await compareBy(page, 'Content');
  await page.getByRole('button', { name: 'Compare the content' }).click();
  await expect(page.getByText('The content is identical.')).toBeVisible();
  await compareBy(page, 'Map');
  const map = page.getByRole('application', { name: /Map of differences/ });
  await expect(map).toHaveAccessibleName(/20 blocks of 2 MiB\. The same: 3, In neither: 17\./);
});

test('before and after are compared from the result of a repair, and later from History', async ({
  workbench: page,
  door,
}) => {
  await repairOne(page, door.root, 'disk.vhd');
  const isCompared = async (): Promise<void> => {
    await expect(page.getByRole('tab', { name: 'Compare', exact: true })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await expect(
      page.getByText('before “Repair: The footer fails its checksum”', { exact: false }),
    ).toBeVisible();
    await compareBy(page, 'Fields');
    await expect(page.getByText(/^1 of \d+ fields differs$/)).toBeVisible();
    // What was is first, what is second, as one reads.
    await expect(page.getByRole('row').filter({ hasText: 'Checksum' })).toContainText(/0x99fff.*0xffff/);
  };
  await page.getByRole('button', { name: 'Compare before and after' }).click();
  await isCompared();

  await page.getByRole('button', { name: 'Close disk.vhd' }).click();
  await page.getByRole('button', { name: 'History', exact: true }).click();
  const compare = page.getByRole('button', { name: 'Compare before and after' });
  await expect(compare).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('grid').getByRole('row').filter({ hasText: 'disk.vhd' }).click();
  await compare.click();
  await isCompared();
});

test('the map of differences of two images leads to the first byte that differs', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'a.vhd');
  // The same blocks in another order of the file, one of them changed, and one more.
  const other = makeDynamic(door.root, 'b.vhd', { blocks: [3, 0, 6, 9].map((index) => ({ index })) });
  damage(join(door.root, 'b.vhd'), other.dataOffset(3) + 100, [0, 0, 0]);
  await openImage(page, 'a.vhd');
  await compareWith(page, 'b.vhd');
  await compareBy(page, 'Map');
  const map = page.getByRole('application', { name: /Map of differences/ });
  await expect(map).toHaveAccessibleName(
    /Only in the second: 1, In both, not compared yet: 3, In neither: 16/,
  );
  await page.getByRole('button', { name: 'Compare the content' }).click();
  await expect(map).toHaveAccessibleName(/Differs: 1, Only in the second: 1, The same: 2, In neither: 16/);

  await map.focus();
  await page.keyboard.press('n');
  await expect(page.getByText(/^Block 3 · Differs/).first()).toBeVisible();
  await page.keyboard.press('Enter');
  const bytes = page.getByRole('application', { name: /bytes of both/ });
  await expect(page.getByText('0x00600064 ·', { exact: false })).toBeVisible();
  await expect(cell(bytes.locator('[data-side="b"]'), 6 * MIB + 100)).toHaveText('00');
  await bytes.focus();
  await page.keyboard.press('n');
  await expect(page.getByText(/^0x012000\d\d ·/)).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByText(/^0x00600064 ·/)).toBeVisible();
});

test('a field is changed with the difference in view, and the notice takes it back', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'disk.vhd');
  const before = readFileSync(join(door.root, 'disk.vhd'));
  await openImage(page, 'disk.vhd');
  await goToSection(page, 'Inspect');
  const fields = page.getByRole('navigation', { name: 'Fields' });
  await fields
    .getByRole('button', { name: /^Creator application/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Change…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change Creator application' });
  await dialog.getByRole('textbox', { name: 'New value' }).fill('vpc');
  await expect(dialog.getByRole('rowheader', { name: 'Footer · Creator application' })).toBeVisible();
  await dialog.getByRole('textbox', { name: 'New value' }).press('Enter');
  await expect(page.getByText('Creator application was changed.')).toBeVisible();
  expect(readFileSync(join(door.root, 'disk.vhd')).equals(before)).toBe(false);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText('is as it was before', { exact: false })).toBeVisible();
  expect(readFileSync(join(door.root, 'disk.vhd')).equals(before)).toBe(true);
});
