import type { Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildVhd, type BuiltVhd, type VhdKnobs } from '../support/vhd-builder';
import { expect } from './door';

/** Opens an image of the door's root by the chooser, as a person does. */
export async function openImage(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Home', exact: true }).click();
  await page.getByRole('button', { name: 'Open an image' }).click();
  await page.getByRole('dialog').getByText(name, { exact: true }).dblclick();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

/** Goes to a part of the open disk. */
export async function goToSection(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click();
}

/** Chooses what the open disk is compared with: an image of the door's root. */
export async function compareWith(page: Page, name: string): Promise<void> {
  await goToSection(page, 'Compare');
  await page.getByRole('button', { name: 'Second image: Choose…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'A file…' }).click();
  await page.getByRole('dialog').getByText(name, { exact: true }).dblclick();
}

export const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Changes bytes of a file in place, from its start or (below zero) its end. */
export function damage(path: string, offset: number, bytes: readonly number[]): void {
  const content = readFileSync(path);
  content.set(bytes, offset < 0 ? content.length + offset : offset);
  writeFileSync(path, content);
}

const MIB = 1024 * 1024;

/** A dynamic image of 40 MiB with three blocks, laid into `folder`. */
export function makeDynamic(folder: string, name: string, knobs: Partial<VhdKnobs> = {}): BuiltVhd {
  const built = buildVhd({
    type: 'dynamic',
    sizeBytes: 40 * MIB,
    blocks: [{ index: 0 }, { index: 6 }, { index: 3 }],
    ...knobs,
  });
  built.writeTo(join(folder, name));
  return built;
}

/** A child of `parent` that holds one block, found by its relative locator. */
export function makeChild(
  folder: string,
  name: string,
  parent: Pick<BuiltVhd, 'uniqueId'>,
  parentName: string,
): BuiltVhd {
  return makeDynamic(folder, name, {
    type: 'differencing',
    blocks: [{ index: 1, bitmap: [0, 1, 9] }],
    header: { parentId: parent.uniqueId, parentName },
    locators: [{ platform: 'W2ru', data: `.\\${parentName}` }],
  });
}
