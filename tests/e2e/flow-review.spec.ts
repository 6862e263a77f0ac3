import type { Page } from '@playwright/test';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './door';
import { makeChild, makeDynamic, openImage, sha256 } from './flow';

const MIB = 1024 * 1024;

/** As another program does it: some bytes in place, the length as it was. */
function changeOutside(path: string, offset: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, 'hello', offset);
  closeSync(file);
}

/** Goes through the wizard of the open image to its review. */
async function toReview(page: Page, verb: RegExp, prepare: () => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: verb }).click();
  await prepare();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
}

test('an image that changed between the review and the click is refused, looked at again, and then changed', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'disk.vhd');
  const path = join(door.root, 'disk.vhd');
  await openImage(page, 'disk.vhd');
  await toReview(page, /^Resize/, () => page.getByRole('textbox', { name: 'New size' }).fill('64 MiB'));
  const finish = page.getByRole('button', { name: 'Resize', exact: true });
  await expect(finish).not.toHaveAttribute('aria-disabled', 'true');

  changeOutside(path, 3 * MIB);
  const before = sha256(path);
  await finish.click();
  const refusal = page.getByRole('alert').filter({ hasText: 'The file changed since it was looked at' });
  await expect(refusal).toContainText('disk.vhd" was written to since the review was made.');
  await expect(refusal).toContainText('Nothing was written.');
  expect(sha256(path)).toBe(before);
  await page.screenshot({ path: test.info().outputPath('refused.png') });

  await refusal.getByRole('button', { name: 'Look again' }).click();
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
  await finish.click();
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 30_000 });
  expect(readFileSync(path).subarray(-512).readBigUInt64BE(48)).toBe(BigInt(64 * MIB));

  // What was done itself is no change from outside for whoever goes on.
  await page.getByRole('button', { name: 'Do another' }).click();
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
  await expect(page.getByText('The file changed since it was looked at')).toBeHidden();
});

test('Compact shows the gain of the image as it is now, once it was looked at again', async ({
  workbench: page,
  door,
}) => {
  const built = makeDynamic(door.root, 'loose.vhd', {
    blocks: [{ index: 0 }, { index: 1, data: new Uint8Array(2 * MIB) }, { index: 4 }],
  });
  await openImage(page, 'loose.vhd');
  await toReview(page, /^Compact/, () => page.getByRole('radio', { name: 'In place' }).click());
  await expect(page.getByText('2,097,664 bytes', { exact: true })).toBeVisible();
  const finish = page.getByRole('button', { name: 'Compact', exact: true });
  await expect(finish).not.toHaveAttribute('aria-disabled', 'true');
  const path = join(door.root, 'loose.vhd');
  const bitmapOffset = readFileSync(path).readUInt32BE(built.batOffset + 4 * 4) * 512;
  const file = openSync(path, 'r+');
  writeSync(file, new Uint8Array(2 * MIB), 0, 2 * MIB, bitmapOffset + 512);
  closeSync(file);
  await finish.click();
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(page.getByText('4,195,328 bytes', { exact: true })).toBeVisible();
  await finish.click();
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 30_000 });
});

test('a child is not made of a parent that changed after the dialog looked at it', async ({
  workbench: page,
  door,
}) => {
  const base = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', base, 'base.vhd');
  await openImage(page, 'child.vhd');
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: /child/i }).click();
  const dialog = page.getByRole('dialog');
  const make = dialog.getByRole('button', { name: 'Create', exact: true });
  await expect(dialog.getByText('Looked at before anything is written')).toBeVisible();
  await expect(make).not.toHaveAttribute('aria-disabled', 'true');
  changeOutside(join(door.root, 'base.vhd'), 3 * MIB);
  await make.click();
  await expect(dialog.getByRole('alert')).toContainText(
    'base.vhd" was written to since the review was made.',
  );
  await dialog.getByRole('button', { name: 'Look again' }).click();
  await make.click();
  await expect(dialog.getByText('Done', { exact: true })).toBeVisible({ timeout: 30_000 });
});
