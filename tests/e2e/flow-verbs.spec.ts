import type { Locator, Page } from '@playwright/test';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOracle, runOracle } from '../support/oracle';
import { buildVhd } from '../support/vhd-builder';
import { expect, test } from './door';
import { makeChild, makeDynamic, openImage, sha256 } from './flow';

const MIB = 1024 * 1024;

const next = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Continue', exact: true }).click();

/** Presses the button that does it, and waits for the result card. */
async function finish(page: Page, label: string): Promise<void> {
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
  await page.getByRole('button', { name: label, exact: true }).click();
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 30_000 });
}

/** Goes on with Tab until something has the focus. A button that still waits for the review would take no key. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  await expect(wanted).toBeEnabled();
  for (let step = 0; step < 40; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(wanted).toBeFocused();
}

async function openWizard(page: Page, name: string, verb: RegExp): Promise<void> {
  await openImage(page, name);
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: verb }).click();
}

interface QemuInfo {
  readonly format: string;
  readonly 'virtual-size': number;
}

/** What QEMU says of an image; null where it is not installed. */
function qemuInfo(path: string): QemuInfo | null {
  if (!findOracle('qemu-img')) return null;
  const args = ['info', '-f', 'vpc', '--output=json', path];
  return JSON.parse(runOracle('qemu-img', args).stdout.toString()) as QemuInfo;
}

/** Whether two images hold the same guest bytes for QEMU; null where it is not installed. */
function qemuSame(a: string, aFormat: string, b: string, bFormat: string): boolean | null {
  if (!findOracle('qemu-img')) return null;
  return runOracle('qemu-img', ['compare', '-f', aFormat, '-F', bFormat, a, b]).status === 0;
}

const agrees = [true, null];

test('Create makes a universal disk that other readers take', async ({ workbench: page, door }) => {
  await page.getByRole('list', { name: 'Start' }).getByRole('button', { name: 'Create a disk' }).click();
  await page.getByRole('radio', { name: 'QEMU' }).click();
  await next(page);
  await page.getByRole('textbox', { name: 'Size' }).fill('1008 MiB');
  await next(page);
  await page.getByRole('textbox', { name: 'File name' }).fill('new disk.vhd');
  await next(page);
  await expect(page.getByText(/platter create/)).toBeVisible();
  await finish(page, 'Create disk');
  const path = join(door.root, 'new disk.vhd');
  const footer = readFileSync(path).subarray(-512);
  expect(footer.toString('latin1', 0, 8)).toBe('conectix');
  expect(footer.readBigUInt64BE(48)).toBe(BigInt(1008 * MIB));
  const said = qemuInfo(path);
  if (said) expect(said).toMatchObject({ format: 'vpc', 'virtual-size': 1008 * MIB });
  if (findOracle('7z'))
    expect(runOracle('7z', ['l', '-tVHD', path]).stdout.toString()).toContain('1056964608');
});

test('Create works with the keyboard alone', async ({ workbench: page, door }) => {
  await page.getByRole('button', { name: 'Create a disk' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('What will use the disk?')).toBeVisible();
  for (const heading of ['Which type, and how large?', 'Where shall the file be?', 'Everything as']) {
    await tabTo(page, page.getByRole('button', { name: 'Continue', exact: true }));
    await page.keyboard.press('Enter');
    await expect(page.getByText(heading)).toBeVisible();
  }
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Create disk' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Done', { exact: true })).toBeVisible();
  const listing = await page.getByText(door.root).first().innerText();
  expect(listing).toMatch(/\.vhd/);
});

test('Convert makes a fixed disk and a raw one with the same content', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'source.vhd');
  const source = join(door.root, 'source.vhd');
  const before = sha256(source);
  for (const [to, suffix] of [
    ['Fixed VHD', 'fixed.vhd'],
    ['Raw disk', 'raw'],
  ] as const) {
    await openWizard(page, 'source.vhd', /^Convert/);
    await page.getByRole('radio', { name: to }).click();
    await next(page);
    await page.getByRole('textbox', { name: 'File name' }).fill(`result.${suffix}`);
    await next(page);
    await finish(page, 'Convert');
  }
  expect(sha256(source)).toBe(before);
  const raw = readFileSync(join(door.root, 'result.raw'));
  expect(raw.length).toBe(40 * MIB);
  const fixed = readFileSync(join(door.root, 'result.fixed.vhd'));
  expect(fixed.length).toBe(40 * MIB + 512);
  expect(fixed.subarray(0, 40 * MIB).equals(raw)).toBe(true);
  expect(agrees).toContain(qemuSame(source, 'vpc', join(door.root, 'result.raw'), 'raw'));
});

test('Resize grows a disk in place', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'grow.vhd');
  await openWizard(page, 'grow.vhd', /^Resize/);
  await page.getByRole('textbox', { name: 'New size' }).fill('64 MiB');
  await expect(page.getByText('Grows by 24 MiB')).toBeVisible();
  await next(page);
  await finish(page, 'Resize');
  const path = join(door.root, 'grow.vhd');
  expect(readFileSync(path).subarray(-512).readBigUInt64BE(48)).toBe(BigInt(64 * MIB));
  const said = qemuInfo(path);
  if (said) expect(said['virtual-size']).toBeGreaterThanOrEqual(64 * MIB - 17 * 16 * 512);
});

test('Resize works with the keyboard alone, its slider included', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'grow.vhd');
  await openWizard(page, 'grow.vhd', /^Resize/);
  const slider = page.getByRole('slider', { name: 'New size, from small to large' });
  await tabTo(page, slider);
  await expect(slider).toHaveAttribute('aria-valuetext', /40 MiB/);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText(/^Shrinks by/)).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('PageUp');
  await expect(page.getByText(/^Grows by/)).toBeVisible();
  const size = await page.getByRole('textbox', { name: 'New size' }).inputValue();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('textbox', { name: 'New size' })).not.toHaveValue(size);
  await tabTo(page, page.getByRole('button', { name: 'Continue', exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Resize', exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Done', { exact: true })).toBeVisible();
  const bytes = Number(readFileSync(join(door.root, 'grow.vhd')).subarray(-512).readBigUInt64BE(48));
  expect(bytes).toBeGreaterThan(40 * MIB);
  expect(bytes % MIB).toBe(0);
});

test('a result is proposed beside its source', async ({ workbench: page, door }) => {
  mkdirSync(join(door.root, 'deep'));
  makeDynamic(join(door.root, 'deep'), 'source.vhd');
  await page.getByRole('button', { name: 'Open an image' }).click();
  await page.getByRole('dialog').getByText('deep', { exact: true }).dblclick();
  await page.getByRole('dialog').getByText('source.vhd', { exact: true }).dblclick();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: /^Convert/ }).click();
  await next(page);
  await expect(page.getByText(join(door.root, 'deep'), { exact: true })).toBeVisible();
  await next(page);
  await finish(page, 'Convert');
  expect(existsSync(join(door.root, 'deep', 'source-dynamic.vhd'))).toBe(true);
});

test('Compact drops the block of zeros, as the forecast says', async ({ workbench: page, door }) => {
  const built = makeDynamic(door.root, 'loose.vhd', {
    blocks: [{ index: 0 }, { index: 6, data: new Uint8Array(2 * MIB) }, { index: 3 }],
  });
  const path = join(door.root, 'loose.vhd');
  const before = readFileSync(path).length;
  await openWizard(page, 'loose.vhd', /^Compact/);
  await expect(page.getByText('3 → 2 blocks')).toBeVisible();
  await page.getByRole('radio', { name: 'In place' }).click();
  await next(page);
  await finish(page, 'Compact');
  const after = readFileSync(path);
  expect(before - after.length).toBe(2 * MIB + 512);
  expect(after.readUInt32BE(built.batOffset + 4 * 6)).toBe(0xffffffff);
});

test('Merge puts a child and its parent into a new image', async ({ workbench: page, door }) => {
  const parent = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', parent, 'base.vhd');
  const untouched = ['base.vhd', 'child.vhd'].map((name) => sha256(join(door.root, name)));
  await openWizard(page, 'child.vhd', /^Merge/);
  await page.getByRole('radio', { name: 'Into a new file' }).click();
  await next(page);
  await page.getByRole('textbox', { name: 'File name' }).fill('whole.vhd');
  await next(page);
  await finish(page, 'Merge');
  expect(['base.vhd', 'child.vhd'].map((name) => sha256(join(door.root, name)))).toEqual(untouched);
  const whole = readFileSync(join(door.root, 'whole.vhd'));
  expect(whole.subarray(-512).readUInt32BE(60)).not.toBe(4);
  const said = qemuInfo(join(door.root, 'whole.vhd'));
  if (said) expect(said.format).toBe('vpc');
});

test('Azure makes a fixed disk of whole MiB', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'odd.vhd', { sizeBytes: 40 * MIB + 3 * 512 });
  await openWizard(page, 'odd.vhd', /Azure/);
  await next(page);
  await page.getByRole('textbox', { name: 'File name' }).fill('cloud.vhd');
  await next(page);
  await finish(page, 'Make it');
  const cloud = readFileSync(join(door.root, 'cloud.vhd'));
  expect(cloud.length).toBe(41 * MIB + 512);
  expect(cloud.subarray(-512).readUInt32BE(60)).toBe(2);
});

test('the guide says in plain words what a file is', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'what.vhd');
  await page.getByRole('list', { name: 'Start' }).getByRole('button', { name: 'What is this file?' }).click();
  await page.getByRole('button', { name: 'Choose a file…' }).click();
  await page.getByRole('dialog').getByText('what.vhd', { exact: true }).dblclick();
  await expect(page.getByText(/virtual hard disk of 40 MiB/)).toBeVisible();
  await expect(page.getByText(/It is sound/)).toBeVisible();
  await next(page);
  await page.getByRole('button', { name: 'See everything about it', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'what.vhd' })).toBeVisible();
});

test('settings are kept', async ({ workbench: page }) => {
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByText('Dark', { exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByText('Decimal (kB, MB, GB)').click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.locator('button', { hasText: 'Decimal (kB, MB, GB)' })).toHaveAttribute(
    'data-state',
    'on',
  );
});

test('Merge into the parent names the other children and waits for the name of what it changes', async ({
  workbench: page,
  door,
}) => {
  const parent = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', parent, 'base.vhd');
  makeChild(door.root, 'sibling.vhd', parent, 'base.vhd');
  const before = sha256(join(door.root, 'base.vhd'));
  await openWizard(page, 'child.vhd', /^Merge/);
  await page.getByRole('radio', { name: 'Into the parent' }).click();
  await next(page);
  const merge = page.getByRole('button', { name: 'Merge', exact: true });
  const giveUp = page.getByRole('checkbox', { name: /Give up “sibling\.vhd”/ });
  await expect(giveUp).toBeVisible();
  await expect(merge).toHaveAttribute('aria-disabled', 'true');
  await giveUp.click();
  await expect(merge).toHaveAttribute('aria-description', 'Type base.vhd to confirm');
  await merge.click({ force: true });
  expect(sha256(join(door.root, 'base.vhd'))).toBe(before);
  await page.getByRole('textbox', { name: 'Type base.vhd to confirm' }).fill('base.vhd');
  await expect(merge).not.toHaveAttribute('aria-disabled');
  await finish(page, 'Merge');
  expect(sha256(join(door.root, 'base.vhd'))).not.toBe(before);
});

test('Compact with nothing to gain does not go on, except to align', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'dense.vhd');
  await openWizard(page, 'dense.vhd', /^Compact/);
  await expect(page.getByText('There is nothing to gain').first()).toBeVisible();
  const goOn = page.getByRole('button', { name: 'Continue' });
  await expect(goOn).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('checkbox', { name: /align every block/ }).click();
  await page.getByRole('radio', { name: 'In place' }).click();
  await next(page);
  await expect(page.getByText(/platter compact .*--realign/)).toBeVisible();
});

test('Compact in place asks before it gives up blocks that the BAT has lost', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'lost.vhd');
  const path = join(door.root, 'lost.vhd');
  const bytes = readFileSync(path);
  // the place of the first block in the BAT
  bytes.fill(0xff, 1536, 1540);
  writeFileSync(path, bytes);
  await openWizard(page, 'lost.vhd', /^Compact/);
  await page.getByRole('radio', { name: 'In place' }).click();
  await next(page);
  const compact = page.getByRole('button', { name: 'Compact', exact: true });
  await expect(page.getByText(/may be blocks that the BAT has lost/)).toBeVisible();
  await expect(page.getByText(/The undo journal takes up to/)).toBeVisible();
  await expect(compact).toHaveAttribute('aria-disabled', 'true');
  expect(readFileSync(path).equals(bytes)).toBe(true);
  await page.getByRole('checkbox', { name: /Give up the blocks/ }).click();
  await expect(page.getByText(/platter compact .*--drop-unclaimed/)).toBeVisible();
  await finish(page, 'Compact');
  await expect(page.getByText(/^kept in /)).toBeVisible();
  expect(statSync(path).size).toBeLessThan(bytes.length);
});

test('Resize of a fixed disk calls no size the largest that is not', async ({ workbench: page, door }) => {
  buildVhd({ type: 'fixed', sizeBytes: 4 * MIB }).writeTo(join(door.root, 'fixed.vhd'));
  await openWizard(page, 'fixed.vhd', /^Resize/);
  await expect(page.getByText(/largest for QEMU/)).toBeVisible();
});

test('the undo folder is chosen, used, and given back', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'grow.vhd');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Another folder…' }).click();
  await page.getByRole('button', { name: /^Choose “/ }).click();
  const kept = join(door.root, 'Platter undo');
  await expect(page.getByText(kept)).toBeVisible();
  await openWizard(page, 'grow.vhd', /^Resize/);
  await page.getByRole('textbox', { name: 'New size' }).fill('64 MiB');
  await next(page);
  await finish(page, 'Resize');
  expect(readdirSync(kept)).toEqual([expect.stringMatching(/^grow\.vhd\..*\.platter-undo$/)]);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: "Platter's own folder" }).click();
  await expect(page.getByText(kept)).toBeHidden();
});

test('a narrow window shows the details over the content, and only when asked', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'disk.vhd');
  await openImage(page, 'disk.vhd');
  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(details).toBeVisible();
  for (const [width, part] of [
    [500, 'Overview'],
    [750, 'Inspect'],
  ] as const) {
    await page.setViewportSize({ width, height: 700 });
    await page.getByRole('tab', { name: part, exact: true }).click();
    await expect(details).toBeHidden();
    await page.getByRole('button', { name: 'Show details' }).click();
    await expect(details).toBeFocused();
    const main = await page.locator('main').boundingBox();
    expect((main?.x ?? 0) + (main?.width ?? 0)).toBe(width);
    await page.keyboard.press('Escape');
    await expect(details).toBeHidden();
    // Words for screen readers lie out of sight; they must not make the page scroll.
    const box = await page.evaluate(() => {
      const root = document.scrollingElement ?? document.documentElement;
      return [root.scrollHeight - innerHeight, root.scrollWidth - innerWidth];
    });
    expect(box).toEqual([0, 0]);
  }
});

test('Resize names the readers that refuse a size, and what is no size is said once', async ({
  workbench: page,
  door,
}) => {
  buildVhd({ type: 'fixed', sizeBytes: 4 * MIB }).writeTo(join(door.root, 'fixed.vhd'));
  await openWizard(page, 'fixed.vhd', /^Resize/);
  const size = page.getByRole('textbox', { name: 'New size' });
  await size.fill('3T');
  await expect(page.getByText('QEMU refuses disks of more than 2040 GiB.')).toBeVisible();
  await size.fill('-5');
  await expect(page.getByText('A size cannot be negative: “-5”.')).toHaveCount(2);
  await expect(page.getByText('Give a size first')).toBeHidden();
});

test('what needs the content of a child without its parent says so at its first step', async ({
  workbench: page,
  door,
}) => {
  const gone = makeDynamic(door.root, 'gone.vhd');
  makeChild(door.root, 'orphan.vhd', gone, 'gone.vhd');
  rmSync(join(door.root, 'gone.vhd'));
  for (const verb of [/^Convert/, /^Make ready for Azure/]) {
    await openWizard(page, 'orphan.vhd', verb);
    await expect(page.getByText(/A parent of this image is missing or not the right one/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Continue', exact: true })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  }
  await page.getByRole('button', { name: 'Look at its chain' }).click();
  await expect(page.getByRole('tab', { name: 'Chain', exact: true })).toHaveAttribute(
    'aria-selected',
    'true',
  );
});

test('the history names its images however narrow the window is', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'named.vhd');
  await openWizard(page, 'named.vhd', /^Resize/);
  await page.getByRole('textbox', { name: 'New size' }).fill('64 MiB');
  await next(page);
  await finish(page, 'Resize');
  await page.getByRole('button', { name: 'History', exact: true }).click();
  for (const width of [1600, 900, 500]) {
    await page.setViewportSize({ width, height: 700 });
    const name = page.getByRole('row').getByText('named.vhd', { exact: true });
    await expect(name).toBeVisible();
    const cut = await name.evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(cut, `${width} px`).toBeLessThanOrEqual(0);
  }
});
