import { expect, type Page } from '@playwright/test';

/** Presses Repair, confirms, and waits until it is done. */
export async function pressRepair(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Repair', exact: true }).click();
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: 'Repair' })
    .click();
  await expect(page.getByText('Repaired', { exact: true })).toBeVisible();
}
