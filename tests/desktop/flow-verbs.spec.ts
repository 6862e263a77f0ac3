import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { makeChild, makeDynamic, sha256 } from '../e2e/flow';
import { findOracle, runOracle } from '../support/oracle';
import { expect, test } from './launch';

const MIB = 1024 * 1024;

let folder: string;
test.beforeEach(({ folder: own }) => {
  folder = own;
});

const at = (name: string): string => join(folder, name);

/** Whether QEMU finds the same guest bytes in both; true where it is not installed. */
function qemuSame(a: string, b: string, bFormat: 'vpc' | 'raw'): boolean {
  if (!findOracle('qemu-img')) return true;
  const args = ['compare', '-f', 'vpc', '-F', bFormat, at(a), at(b)];
  return runOracle('qemu-img', args).status === 0;
}

/** Whether 7-Zip takes an image, every byte of it; true where it is not installed. */
function sevenZipTakes(name: string): boolean {
  return !findOracle('7z') || runOracle('7z', ['t', '-tVHD', at(name)]).status === 0;
}

const next = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Continue', exact: true }).click();

async function openWizard(page: Page, name: string, verb: RegExp): Promise<void> {
  await page.locator('[data-tab]', { hasText: name }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: verb }).click();
}

async function nameResult(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name: /Another folder|Choose…/ })
    .first()
    .click();
  await page.getByRole('textbox', { name: 'File name' }).fill(name);
  await next(page);
}

async function finish(page: Page, label: string): Promise<void> {
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
  await page.getByRole('button', { name: label, exact: true }).click();
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 30_000 });
}

test('every other guided path once: Inspect, Convert, Resize, Compact, Merge and Azure-ready', async ({
  launch,
}) => {
  const source = makeDynamic(folder, 'source.vhd');
  makeDynamic(folder, 'grow.vhd');
  makeDynamic(folder, 'loose.vhd', {
    blocks: [{ index: 0 }, { index: 6, data: new Uint8Array(2 * MIB) }, { index: 3 }],
  });
  makeChild(folder, 'child.vhd', makeDynamic(folder, 'base.vhd'), 'base.vhd');
  makeDynamic(folder, 'odd.vhd', { sizeBytes: 40 * MIB + 3 * 512 });
  const opened = ['source.vhd', 'grow.vhd', 'loose.vhd', 'child.vhd', 'odd.vhd'];
  const untouched = ['source.vhd', 'base.vhd', 'child.vhd', 'odd.vhd'];
  const before = untouched.map((name) => sha256(at(name)));
  const { app, page } = await launch({ args: opened.map(at) });
  await expect(page.locator('[data-tab]')).toHaveCount(opened.length);
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, folder);

  await test.step('Inspect: a field, its bytes and what is said of it', async () => {
    await page.locator('[data-tab]', { hasText: 'source.vhd' }).click();
    await page.getByRole('tab', { name: 'Inspect', exact: true }).click();
    const offset = page.getByRole('textbox', { name: 'Go to offset' });
    await offset.fill(String(source.footerOffset + 64));
    await offset.press('Enter');
    await expect(page.getByRole('heading', { name: 'Checksum' })).toBeVisible();
    const sum = readFileSync(at('source.vhd')).readUInt32BE(source.footerOffset + 64);
    await expect(page.getByText(sum.toString(16).toUpperCase().padStart(8, '0')).first()).toBeVisible();
  });

  await test.step('Convert', async () => {
    await openWizard(page, 'source.vhd', /^Convert/);
    await page.getByRole('radio', { name: 'Raw disk' }).click();
    await next(page);
    await nameResult(page, 'result.raw');
    await finish(page, 'Convert');
    expect(readFileSync(at('result.raw'))).toHaveLength(40 * MIB);
    expect(qemuSame('source.vhd', 'result.raw', 'raw')).toBe(true);
  });

  await test.step('Resize', async () => {
    await openWizard(page, 'grow.vhd', /^Resize/);
    await page.getByRole('textbox', { name: 'New size' }).fill('64 MiB');
    await next(page);
    await finish(page, 'Resize');
    expect(readFileSync(at('grow.vhd')).subarray(-512).readBigUInt64BE(48)).toBe(BigInt(64 * MIB));
    expect(sevenZipTakes('grow.vhd')).toBe(true);
  });

  await test.step('Compact', async () => {
    const length = readFileSync(at('loose.vhd')).length;
    await openWizard(page, 'loose.vhd', /^Compact/);
    await page.getByRole('radio', { name: 'In place' }).click();
    await next(page);
    await finish(page, 'Compact');
    expect(length - readFileSync(at('loose.vhd')).length).toBe(2 * MIB + 512);
    expect(sevenZipTakes('loose.vhd')).toBe(true);
  });

  await test.step('Merge', async () => {
    await openWizard(page, 'child.vhd', /^Merge/);
    await page.getByRole('radio', { name: 'Into a new file' }).click();
    await next(page);
    await nameResult(page, 'whole.vhd');
    await finish(page, 'Merge');
    expect(readFileSync(at('whole.vhd')).subarray(-512).readUInt32BE(60)).not.toBe(4);
    expect(sevenZipTakes('whole.vhd')).toBe(true);
    // The child's own block is in it, so it is no copy of the base.
    if (findOracle('qemu-img')) expect(qemuSame('base.vhd', 'whole.vhd', 'vpc')).toBe(false);
  });

  await test.step('Azure-ready', async () => {
    await openWizard(page, 'odd.vhd', /Azure/);
    await next(page);
    await nameResult(page, 'cloud.vhd');
    await finish(page, 'Make it');
    const cloud = readFileSync(at('cloud.vhd'));
    expect(cloud).toHaveLength(41 * MIB + 512);
    expect(cloud.subarray(-512).readUInt32BE(60)).toBe(2);
    expect(sevenZipTakes('cloud.vhd')).toBe(true);
  });

  expect(untouched.map((name) => sha256(at(name)))).toEqual(before);
});
