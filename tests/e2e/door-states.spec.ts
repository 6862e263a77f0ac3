import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { expect, openDoor, test } from './door';
import { goToSection, makeChild, makeDynamic, openImage } from './flow';

const CLI = fileURLToPath(new URL('../../out/main/cli.cjs', import.meta.url));
const id = (last: string): string => `0b111de5-0000-4000-8000-0000000000${last}`;

/** The screen of an open image, without the window's frame. */
const screen = (page: Page) => page.locator('main').first();

/** Goes to the review of growing the open disk. */
async function reviewResize(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: /^Resize/ }).click();
  await page.getByRole('textbox', { name: 'New size' }).fill('64 MiB');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.getByText('Looked at before anything is written')).toBeVisible();
}

test('what is no VHD is named, and nothing is offered to be done to it', async ({
  workbench: page,
  door,
}) => {
  const files: [string, Buffer, RegExp][] = [
    ['cow.vhd', Buffer.concat([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), Buffer.alloc(4096)]), /is a QEMU qcow2 image/],
    ['new.vhd', Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(400_000)]), /is a VHDX image/],
    ['text.vhd', Buffer.from('hello '.repeat(1000)), /neither a VHD footer nor a dynamic disk header/],
  ]; // prettier-ignore
  for (const [name, content, says] of files) {
    writeFileSync(join(door.root, name), content);
    await openImage(page, name);
    await expect(screen(page)).toContainText(says);
    await expect(screen(page)).toContainText('No file was changed.');
    await expect(screen(page)).toContainText('What to do next');
  }
});

test('a parent that is missing, another one, or the child itself is said in the chain', async ({
  workbench: page,
  door,
}) => {
  makeChild(door.root, 'orphan.vhd', { uniqueId: id('aa') }, 'nowhere.vhd');
  makeDynamic(door.root, 'other.vhd');
  makeChild(door.root, 'wrong.vhd', { uniqueId: id('bb') }, 'other.vhd');
  for (const [own, next] of [
    ['c1', 'c2'],
    ['c2', 'c1'],
  ] as const)
    makeDynamic(door.root, `loop-${own}.vhd`, {
      type: 'differencing',
      footer: { uniqueId: id(own) },
      header: { parentId: id(next), parentName: `loop-${next}.vhd` },
      locators: [{ platform: 'W2ru', data: `.\\loop-${next}.vhd` }],
    });
  for (const [name, says] of [
    ['orphan.vhd', /Parent missing.*No image with the unique id .* was found/],
    ['wrong.vhd', /Not its parent/],
    ['loop-c1.vhd', /loop|circle|itself/i],
  ] as const) {
    await openImage(page, name);
    await goToSection(page, 'Chain');
    await expect(screen(page)).toContainText(says);
  }
});

test('an image that changes, goes and comes back outside is not shown as if it were known', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'here.vhd');
  const path = join(door.root, 'here.vhd');
  await openImage(page, 'here.vhd');
  await expect(screen(page)).toContainText('No findings');
  appendFileSync(path, Buffer.alloc(512));
  await expect(screen(page)).toContainText('This file was changed outside Platter.');
  await page.getByRole('button', { name: 'Read it again' }).first().click();
  await expect(screen(page)).not.toContainText('This file was changed outside Platter.');
  // As when a network drive goes: everything at once, and nothing that was changed.
  renameSync(path, `${path}.away`);
  await expect(screen(page)).toContainText('This file can no longer be reached.');
  await expect(screen(page)).toContainText('Platter changed nothing');
  renameSync(`${path}.away`, path);
  await page.getByRole('button', { name: 'Read it again' }).first().click();
  await expect(screen(page)).not.toContainText('can no longer be reached');
});

test('an image that another program writes is not written, and the review says so', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'busy.vhd');
  const holder = spawn(process.execPath, [CLI, 'write', join(door.root, 'busy.vhd'), '--offset', '0'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise((resolve) => holder.once('close', resolve));
  try {
    holder.stdin.write(Buffer.alloc(64 * 1024));
    await openImage(page, 'busy.vhd');
    // The other one needs a moment to begin.
    await expect(async () => {
      await openImage(page, 'busy.vhd');
      await reviewResize(page);
      await expect(screen(page)).toContainText('is being used by another program', { timeout: 1_000 });
    }).toPass();
    await expect(page.getByRole('button', { name: 'Resize', exact: true })).toBeDisabled();
  } finally {
    holder.stdin.end();
    await ended;
  }
});

test('a disk that does not fit is stopped before a byte is written', async ({ workbench: page, door }) => {
  await page.getByRole('list', { name: 'Start' }).getByRole('button', { name: 'Create a disk' }).click();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByRole('radio', { name: /^Fixed/ }).click();
  await page.getByRole('textbox', { name: 'Size' }).fill('2040 GiB');
  await page.getByText('Take up all the room now').click();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByRole('textbox', { name: 'File name' }).fill('huge.vhd');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(screen(page)).toContainText('In the way');
  await expect(screen(page)).toContainText(/are free/);
  await expect(page.getByRole('button', { name: 'Create disk', exact: true })).toBeDisabled();
  expect(door.log()).not.toContain('Error');
});

test('an image that may not be read, and a folder that may not be written, are said to be denied', async ({
  page,
}) => {
  // Root may do everything, so the server is somebody else's then.
  const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
  const door = await openDoor({ uid: nobody });
  try {
    makeDynamic(door.root, 'secret.vhd');
    chmodSync(join(door.root, 'secret.vhd'), 0o000);
    makeDynamic(door.root, 'readable.vhd');
    chmodSync(join(door.root, 'readable.vhd'), 0o444);
    if (nobody !== undefined) chownSync(join(door.root, 'readable.vhd'), nobody, nobody);
    await page.goto(door.url);
    await openImage(page, 'secret.vhd');
    await expect(screen(page)).toContainText(/denied|may not/i);
    await expect(screen(page)).toContainText('What to do next');
    await openImage(page, 'readable.vhd');
    await reviewResize(page);
    await expect(screen(page)).toContainText('In the way');
  } finally {
    await door.close();
  }
});

test('long and odd names are names like any other', async ({ workbench: page, door }) => {
  const names = [
    'with  two spaces & ampersand.vhd',
    'größe 💾 – «ж».vhd',
    '-rf.vhd',
    `${'n'.repeat(251)}.vhd`,
  ];
  for (const name of names) makeDynamic(door.root, name);
  symlinkSync('-rf.vhd', join(door.root, 'link to it.vhd'));
  for (const name of [...names, 'link to it.vhd']) {
    await openImage(page, name);
    await expect(screen(page)).toContainText('41,943,040 bytes');
  }
});

test('a map that is read after a change outside does not stand under facts from before it', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'mapped.vhd');
  await openImage(page, 'mapped.vhd');
  await expect(screen(page)).toContainText('No findings');
  makeDynamic(door.root, 'mapped.vhd', { blocks: [{ index: 0 }] });
  await expect(screen(page)).toContainText('This file was changed outside Platter.');
  await page.getByRole('tab', { name: 'Map', exact: true }).click();
  // one block of 2 MiB; it had three
  await expect(screen(page)).toContainText('Allocated 12 MiB');
  await expect(screen(page)).not.toContainText('This file was changed outside Platter.');
});
