import type { Page } from '@playwright/test';
import { expect, test } from './door';
import { goToSection, makeDynamic, openImage } from './flow';

/** A page that believes it is hidden or seen as it is told: without a screen Chromium sees all its pages at once. */
async function letBeHidden(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const state = { hidden: false };
    (globalThis as unknown as { seen: typeof state }).seen = state;
    Object.defineProperty(document, 'visibilityState', { get: () => (state.hidden ? 'hidden' : 'visible') });
    Object.defineProperty(document, 'hidden', { get: () => state.hidden });
  });
}

const setHidden = (page: Page, hidden: boolean): Promise<void> =>
  page.evaluate((value) => {
    (globalThis as unknown as { seen: { hidden: boolean } }).seen.hidden = value;
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

test('seven tabs at once all work, and one that was hidden catches up with what happened meanwhile', async ({
  context,
  door,
}) => {
  const tabs: Page[] = [];
  for (let count = 0; count < 7; count += 1) {
    const page = await context.newPage();
    await letBeHidden(page);
    await page.goto(count === 0 ? door.url : door.origin);
    await expect(page.getByRole('button', { name: 'Create a disk' }).first()).toBeVisible();
    tabs.push(page);
    // The next one comes to the front.
    if (count < 6) await setHidden(page, true);
  }
  const [first, last] = [tabs[0], tabs[6]];
  if (!first || !last) throw new Error('unreachable');
  await last.getByRole('list', { name: 'Start' }).getByRole('button', { name: 'Create a disk' }).click();
  await last.getByRole('button', { name: 'Continue', exact: true }).click();
  await last.getByRole('textbox', { name: 'Size' }).fill('4 MiB');
  await last.getByRole('button', { name: 'Continue', exact: true }).click();
  await last.getByRole('textbox', { name: 'File name' }).fill('by the seventh.vhd');
  await last.getByRole('button', { name: 'Continue', exact: true }).click();
  await last.getByRole('button', { name: 'Create disk', exact: true }).click();
  await expect(last.getByText('Done', { exact: true })).toBeVisible();

  await first.getByRole('button', { name: 'Jobs', exact: true }).first().click();
  await expect(first.getByText('No job yet')).toBeVisible();
  await setHidden(last, true);
  await setHidden(first, false);
  await expect(first.getByText('by the seventh.vhd').first()).toBeVisible();
  // And from now on it hears at once again.
  await expect(first.getByText('No job yet')).toBeHidden();
});

test('a page that is loaded anew comes back to its tabs and to the place where it was', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'one.vhd');
  makeDynamic(door.root, 'two.vhd');
  await openImage(page, 'one.vhd');
  await openImage(page, 'two.vhd');
  await page.locator('[data-tab]', { hasText: 'one.vhd' }).click();
  await goToSection(page, 'Map');
  await expect(page.getByRole('application', { name: /Block map of one\.vhd/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('application', { name: /Block map of one\.vhd/ })).toBeVisible();
  await expect(page.locator('[data-tab]')).toHaveText(['one.vhd', 'two.vhd']);

  await page.getByRole('button', { name: 'Calculators', exact: true }).click();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Calculators' })).toBeVisible();
});
