import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { findElectron } from '../../build/scripts/electron.mjs';
import { corpusImage, createDisk } from './images';
import { expect, programArguments, test } from './launch';

let folder: string;
test.beforeEach(({ folder: own }) => {
  folder = own;
});

const tab = (page: Page, name: string) => page.locator('[data-tab]', { hasText: name });

test('an image of the corpus that is named on the command line is open when the window comes up', async ({
  launch,
}) => {
  const image = corpusImage('qemu72-dyn-40M.vhd', folder);
  test.skip(image === undefined, 'no corpus; set VHD_CORPUS');
  const { page } = await launch({ args: [image ?? ''] });
  await expect(tab(page, 'qemu72-dyn-40M.vhd')).toBeVisible();
  await expect(page.getByText('41,953,280 bytes').first()).toBeVisible();
});

test('several files, with odd names and by relative paths, each get a tab', async ({ launch }) => {
  const names = ['plain.vhd', 'with spaces & ampersand.vhd', 'größe 💾.vhd', `${'long-'.repeat(50)}x.vhd`];
  for (const name of names) createDisk(join(folder, name));
  const { page } = await launch({ args: names.map((name) => join(folder, '.', name)) });
  for (const name of names) await expect(tab(page, name)).toBeVisible();
});

test('a file that is not there is said to be missing, in words', async ({ launch }) => {
  const { page } = await launch({ args: [join(folder, 'gone.vhd')] });
  await expect(tab(page, 'gone.vhd')).toBeVisible();
  await expect(page.getByText('No such file').first()).toBeVisible();
});

test('a second start hands its files to the first window and ends', async ({ launch }) => {
  const first = createDisk(join(folder, 'first.vhd'));
  const second = createDisk(join(folder, 'second.vhd'));
  const { page, app, userDataDir } = await launch({ args: [first] });
  await expect(tab(page, 'first.vhd')).toBeVisible();
  const runtime = findElectron();
  if (!runtime) throw new Error('unreachable: the test was skipped');
  const ended = await new Promise((resolve) => {
    const child = spawn(runtime.executable, [...programArguments(userDataDir), second], { stdio: 'ignore' });
    child.once('exit', resolve);
  });
  expect(ended).toBe(0);
  await expect(tab(page, 'second.vhd')).toBeVisible();
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('a task of the program’s icon is carried out, by the first start and by a second one', async ({
  launch,
}) => {
  const { page, userDataDir } = await launch({ args: ['--task=create'] });
  await expect(page.getByText('What will use the disk?')).toBeVisible();
  const runtime = findElectron();
  if (!runtime) throw new Error('unreachable: the test was skipped');
  for (const task of ['--task=rm', '--task=guide']) {
    const child = spawn(runtime.executable, [...programArguments(userDataDir), task], { stdio: 'ignore' });
    await new Promise((resolve) => child.once('exit', resolve));
  }
  await expect(page.getByRole('button', { name: 'Choose a file…' })).toBeVisible();
});

test('a file manager may name a file by its URL', async ({ launch }) => {
  const image = createDisk(join(folder, 'by url ü.vhd'));
  const { page } = await launch({ args: [pathToFileURL(image).href] });
  await expect(page.getByText('4,194,304 bytes').first()).toBeVisible();
  await expect(tab(page, 'by url ü.vhd')).toBeVisible();
});

test('a tab can be dragged out of the window: main drags the file that its id stands for, and no other', async ({
  launch,
}) => {
  const image = createDisk(join(folder, 'dragged.vhd'));
  const { app, page } = await launch({ args: [image] });
  await expect(tab(page, 'dragged.vhd')).toBeVisible();
  await app.evaluate(({ BrowserWindow }) => {
    const dragged: { file: string; width: number }[] = [];
    (globalThis as unknown as { dragged: typeof dragged }).dragged = dragged;
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (!contents) throw new Error('no window');
    contents.startDrag = ({ file, icon }) => {
      dragged.push({ file, width: (icon as Electron.NativeImage).getSize().width });
    };
  });
  const dragged = (): Promise<unknown> =>
    app.evaluate(() => (globalThis as unknown as { dragged: unknown }).dragged);
  await page.evaluate(() => {
    const { platter } = globalThis as unknown as { platter: { dragOut: (id: unknown) => void } };
    for (const id of ['/etc/passwd', 'AAAAAAAAAAAAAAAA', '../x', { toString: () => '/etc/passwd' }]) {
      try {
        platter.dragOut(id);
      } catch {
        // The bridge takes no such thing at all.
      }
    }
  });
  const box = await tab(page, 'dragged.vhd').boundingBox();
  if (!box) throw new Error('no tab');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 40, box.y + 200, { steps: 6 });
  await page.mouse.up();
  await expect.poll(dragged).toEqual([{ file: image, width: 32 }]);
});

test('files and folders that are dropped on the window are opened', async ({ launch }) => {
  const image = createDisk(join(folder, 'dropped.vhd'));
  const { page } = await launch();
  await expect(page.locator('#app')).not.toBeEmpty();
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', {
      type,
      x: 500,
      y: 400,
      data: { items: [], files: [image], dragOperationsMask: 1 },
    });
  }
  await expect(tab(page, 'dropped.vhd')).toBeVisible();
});

test('a dropped folder comes as a folder, a file as a file, and nothing else is taken', async ({
  launch,
}) => {
  const image = createDisk(join(folder, 'a.vhd'));
  mkdirSync(join(folder, 'sub'));
  const { app } = await launch();
  const answer = await app.evaluate(
    async ({ ipcMain, BrowserWindow }, paths) => {
      const handler = (
        ipcMain as unknown as { _invokeHandlers: Map<string, (...args: unknown[]) => Promise<unknown>> }
      )._invokeHandlers.get('platter:dropped');
      const senderFrame = BrowserWindow.getAllWindows()[0]?.webContents.mainFrame;
      const ask = async (input: unknown): Promise<unknown> => {
        let replied: unknown;
        const returned = await handler?.(
          { senderFrame, _reply: (value: unknown) => (replied = value) },
          input,
        );
        return replied ?? returned;
      };
      return Promise.all([ask(paths), ask('x'), ask([1]), ask(Array(1001).fill('/x'))]);
    },
    [image, join(folder, 'sub')],
  );
  expect(answer[0]).toMatchObject({
    ok: true,
    value: { files: [{ name: 'a.vhd' }], folders: [{ name: 'sub' }] },
  });
  for (const refused of answer.slice(1))
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad-request' } });
});

test('the system’s dialogs choose files, remember their folder, and give no path to the page', async ({
  launch,
}) => {
  const image = createDisk(join(folder, 'chosen.vhd'));
  const { app, page } = await launch();
  await app.evaluate(({ dialog }, file) => {
    const seen: unknown[] = [];
    (globalThis as unknown as { seen: unknown[] }).seen = seen;
    dialog.showOpenDialog = async (...args: unknown[]) => {
      seen.push((args.at(-1) as { defaultPath: string }).defaultPath);
      return { canceled: false, filePaths: [file] };
    };
  }, image);
  const choose = () =>
    page.evaluate(() =>
      (
        globalThis as unknown as { platter: { invoke: (m: string, i: unknown) => Promise<unknown> } }
      ).platter.invoke('files.openDialog', { purpose: 'image', multiple: false }),
    );
  expect(await choose()).toMatchObject({
    ok: true,
    value: { files: [{ name: 'chosen.vhd', displayPath: image }] },
  });
  await choose();
  const folders = await app.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  expect(folders[1]).toBe(folder);
});
