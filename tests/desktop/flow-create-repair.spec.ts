import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pressRepair } from '../support/press-repair';
import { expect, test } from './launch';

let folder: string;
test.beforeEach(({ folder: own }) => {
  folder = own;
});

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

test('create a disk, break its footer checksum, see the damage, repair it, and undo the repair', async ({
  launch,
}, info) => {
  const { app, page } = await launch();
  const file = join(folder, 'made here.vhd');
  const shoot = async (name: string): Promise<void> => {
    await page.screenshot({ path: info.outputPath(`${name}.png`) });
  };
  await app.evaluate(
    ({ dialog }, chosen) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen.file });
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen.folder] });
    },
    { file, folder },
  );

  await page.getByRole('button', { name: 'Create a disk' }).click();
  await shoot('1-purpose');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('textbox', { name: 'Size' }).fill('40 MiB');
  await shoot('2-size');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page
    .getByRole('button', { name: /Another folder|Choose…/ })
    .first()
    .click();
  await page.getByRole('textbox', { name: 'File name' }).fill('made here.vhd');
  await expect(page.getByText('free', { exact: false }).first()).toBeVisible();
  await shoot('3-place');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('platter create', { exact: false })).toBeVisible();
  await shoot('4-review');
  await page.getByRole('button', { name: 'Create disk' }).click();
  await expect(page.getByText(/Done|made/i).first()).toBeVisible();
  await expect.poll(() => existsSync(file)).toBe(true);
  await expect.poll(() => readFileSync(file).subarray(-512, -504).toString('latin1')).toBe('conectix');
  await shoot('5-made');
  const intact = sha256(file);

  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 448) ^ 0xff, bytes.length - 448);
  writeFileSync(file, bytes);
  const broken = sha256(file);

  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, file);
  await page.getByRole('button', { name: 'Home', exact: true }).click();
  await page.getByRole('button', { name: 'Open an image' }).click();
  await expect(page.locator('[data-tab]', { hasText: 'made here.vhd' })).toBeVisible();
  await page.getByRole('tab', { name: 'Check & repair' }).click();
  await expect(page.getByText('The footer fails its checksum')).toBeVisible();
  await shoot('6-damage');
  await pressRepair(page);
  await shoot('7-repaired');
  expect(sha256(file)).toBe(intact);

  await page.getByRole('button', { name: 'Undo it' }).click();
  await expect(page.getByText('every byte is as it was before', { exact: false })).toBeVisible();
  await shoot('8-undone');
  expect(sha256(file)).toBe(broken);
});
