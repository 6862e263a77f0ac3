import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './door';
import { compareWith, damage, goToSection, makeChild, makeDynamic, openImage } from './flow';

test('the map shows the allocated blocks where they are', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'map.vhd');
  await openImage(page, 'map.vhd');
  await goToSection(page, 'Map');
  const canvas = page.getByRole('application', { name: /Block map of map\.vhd/ });
  await expect(canvas).toBeVisible();
  await expect(canvas).toHaveAccessibleName(/20 blocks of 2 MiB, in Guest order/);
  const colours = await canvas.evaluate((element) => {
    const target = element as HTMLCanvasElement;
    const context = target.getContext('2d');
    const cell = 44 * window.devicePixelRatio;
    const columns = Math.floor(target.clientWidth / 44);
    return Array.from({ length: 20 }, (_, index) => {
      const x = (index % columns) * cell + cell / 2;
      const y = Math.floor(index / columns) * cell + cell / 2;
      return Array.from(context?.getImageData(x, y, 1, 1).data ?? []).join();
    });
  });
  const data = colours[0];
  expect(colours.map((colour) => colour === data)).toEqual(
    Array.from({ length: 20 }, (_, index) => [0, 3, 6].includes(index)),
  );

  await canvas.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await expect(page.getByRole('heading', { name: 'Block 3' })).toBeVisible();
  await page.getByText('File', { exact: true }).click();
  await expect(page.getByRole('application', { name: /in File order/ })).toBeVisible();
  await page.getByText('Table', { exact: true }).click();
  await expect(page.getByText('Allocated').first()).toBeVisible();
});

test('an orphaned child is given its parent back from its overview', async ({ workbench: page, door }) => {
  const parent = makeDynamic(door.root, 'parent.vhd');
  makeChild(door.root, 'orphan.vhd', parent, 'parent.vhd');
  mkdirSync(join(door.root, 'elsewhere'));
  renameSync(join(door.root, 'parent.vhd'), join(door.root, 'elsewhere', 'moved.vhd'));
  await openImage(page, 'orphan.vhd');
  const relink = page.getByRole('region', { name: 'Overview' }).getByRole('button', { name: 'Relink…' });
  await relink.scrollIntoViewIfNeeded();
  await relink.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Choose the parent…' }).click();
  await page.getByRole('dialog').last().getByText('elsewhere', { exact: true }).dblclick();
  await page.getByRole('dialog').last().getByText('moved.vhd', { exact: true }).dblclick();
  await dialog.getByRole('button', { name: 'Relink', exact: true }).click();
  await expect(dialog.getByText(/now names/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('Proven', { exact: false }).first()).toBeVisible();
  await expect(relink).toHaveCount(0);
});

test('fields, bytes and explanation follow each other', async ({ workbench: page, door }) => {
  const built = makeDynamic(door.root, 'bytes.vhd');
  damage(join(door.root, 'bytes.vhd'), -448, [0x99]);
  await openImage(page, 'bytes.vhd');
  await goToSection(page, 'Inspect');
  const fields = page.getByRole('navigation', { name: 'Fields' });
  await fields.getByRole('button', { name: /^Table offset/ }).click();
  await expect(page.getByRole('heading', { name: 'Table offset' })).toBeVisible();
  await page.getByRole('button', { name: 'Go to 0x00000600' }).click();
  await expect(page.locator('[data-offset="1536"]').first()).toHaveClass(/bg-accent/);

  const offset = page.getByRole('textbox', { name: 'Go to offset' });
  await offset.fill(String(built.footerOffset + 64));
  await offset.press('Enter');
  await expect(page.getByRole('heading', { name: 'Checksum' })).toBeVisible();
  await expect(page.getByText('Wrong', { exact: true }).first()).toBeVisible();

  const find = page.getByRole('searchbox', { name: 'Find' }).or(page.getByRole('textbox', { name: 'Find' }));
  await offset.fill('0');
  await offset.press('Enter');
  await find.fill('cxsparse');
  await find.press('Enter');
  await expect(page.locator('[data-offset="512"]').first()).toHaveClass(/bg-accent/);
});

test('the chain of a child is drawn with its proof', async ({ workbench: page, door }) => {
  const parent = makeDynamic(door.root, 'base.vhd');
  makeChild(door.root, 'child.vhd', parent, 'base.vhd');
  await openImage(page, 'child.vhd');
  await goToSection(page, 'Chain');
  const graph = page.getByRole('list', { name: /Images from the base/ });
  await expect(graph.getByText('base.vhd')).toBeVisible();
  await expect(graph.getByText('Parent proven')).toBeVisible();
});

test('a folder is looked through, and a row opens', async ({ workbench: page, door }) => {
  const parent = makeDynamic(door.root, 'one.vhd');
  makeChild(door.root, 'two.vhd', parent, 'one.vhd');
  makeDynamic(door.root, 'three.vhd');
  damage(join(door.root, 'three.vhd'), -448, [0x99]);
  await page.getByRole('button', { name: 'Look through a folder' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Choose “/ })
    .click();
  await expect(page.getByText('3 images in images')).toBeVisible();
  await page.getByText('With problems').click();
  await expect(page.getByText('one.vhd', { exact: true })).toBeHidden();
  await page.getByText('three.vhd', { exact: true }).dblclick();
  await expect(page.getByRole('heading', { level: 1, name: 'three.vhd' })).toBeVisible();
});

test('of a folder with many images none is lost on the way', async ({ workbench: page, door }) => {
  for (let index = 0; index < 60; index += 1) makeDynamic(door.root, `disk-${index}.vhd`, { blocks: [] });
  await page.getByRole('button', { name: 'Look through a folder' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Choose “/ })
    .click();
  await expect(page.getByText('60 images in images')).toBeVisible();
});

test('two images are compared by content and by fields', async ({ workbench: page, door }) => {
  makeDynamic(door.root, 'a.vhd');
  const other = makeDynamic(door.root, 'b.vhd');
  damage(join(door.root, 'b.vhd'), other.dataOffset(3) + 100, [0, 0, 0]);
  await openImage(page, 'a.vhd');
  await compareWith(page, 'b.vhd');
  await page.getByRole('button', { name: 'Compare the content' }).click();
  await expect(page.getByText('The content differs.')).toBeVisible();
  await expect(page.getByText('0x00600064').first()).toBeVisible();
  await page.getByText('Fields', { exact: true }).click();
  await expect(page.getByText('Unique id').first()).toBeVisible();
});

test('the inspector keeps one layout beside the details panel, and no byte of a row is cut', async ({
  workbench: page,
  door,
}) => {
  makeDynamic(door.root, 'bytes.vhd');
  await openImage(page, 'bytes.vhd');
  await goToSection(page, 'Inspect');
  const bytes = page.getByRole('application', { name: 'Bytes' });
  await expect(page.locator('[data-offset="0"]').first()).toBeVisible();
  for (const width of [1100, 1000, 950, 900]) {
    await page.setViewportSize({ width, height: 700 });
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
    const { sizes, hidden } = await bytes.evaluate(async (element) => {
      const frames = async (count: number): Promise<string[]> => {
        const seen: string[] = [];
        for (let frame = 0; frame < count; frame += 1) {
          await new Promise(requestAnimationFrame);
          const box = element.isConnected ? element : document.querySelector('[role="application"]');
          seen.push(`${box?.clientWidth} x ${box?.clientHeight}`);
        }
        return seen;
      };
      await frames(20);
      const seen = await frames(30);
      const box = document.querySelector('[role="application"]');
      return { sizes: [...new Set(seen)], hidden: (box?.scrollWidth ?? 0) - (box?.clientWidth ?? 0) };
    });
    expect(sizes, `${width} px`).toHaveLength(1);
    expect(hidden, `${width} px`).toBe(0);
  }
});
