import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildVhd } from '../support/vhd-builder';
import { expect, test } from './door';
import { openImage, sha256 } from './flow';

const MIB = 1024 * 1024;

test('Merge of a child that is smaller than its parent says why it cannot go into it, and makes an image of its size', async ({
  workbench: page,
  door,
}) => {
  const blocks = [0, 7].map((index) => ({ index, data: index + 1 }));
  const knobs = { blockSizeBytes: MIB, blocks };
  const parent = buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, ...knobs });
  parent.writeTo(join(door.root, 'base.vhd'));
  buildVhd({
    type: 'differencing',
    sizeBytes: 6 * MIB,
    blockSizeBytes: MIB,
    blocks: [{ index: 2, data: 3 }],
    header: { parentId: parent.uniqueId, parentName: 'base.vhd' },
    locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
  }).writeTo(join(door.root, 'child.vhd'));
  const before = sha256(join(door.root, 'base.vhd'));
  await openImage(page, 'child.vhd');
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: /^Merge/ }).click();
  await page.getByRole('radio', { name: 'Into the parent' }).click();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.getByText(/"base\.vhd" 8 MiB .* behind the end of "child\.vhd"/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Merge', exact: true })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  if (process.env['PLATTER_SHOT']) await page.screenshot({ path: process.env['PLATTER_SHOT'] });
  expect(sha256(join(door.root, 'base.vhd'))).toBe(before);

  await page.getByText('Back', { exact: true }).click();
  await page.getByRole('radio', { name: 'Into a new file' }).click();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByRole('textbox', { name: 'File name' }).fill('whole.vhd');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.getByText(/the new image gets the size of "child\.vhd"/)).toBeVisible();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 30_000 });
  const merged = readFileSync(join(door.root, 'whole.vhd'));
  expect(merged.readBigUInt64BE(merged.length - 512 + 48)).toBe(BigInt(6 * MIB));
});
