import type * as Fs from 'node:fs';
import type * as WorkerThreads from 'node:worker_threads';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from './bridge';
import { createDisk } from './images';
import { expect, test } from './launch';

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'platter-crashes-'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

test('when the page’s process dies the window comes back with its tabs, and a job does not notice', async ({
  launch,
}) => {
  const images = ['first.vhd', 'stays.vhd'].map((name) => createDisk(join(folder, name)));
  const { app, page } = await launch({ args: images });
  await expect(page.locator('[data-tab]', { hasText: 'stays.vhd' })).toBeVisible();
  await expect(page.getByText('4,194,304 bytes').first()).toBeVisible();
  const crashed = page.waitForEvent('crash');
  await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );
  await crashed;
  // Playwright's page is bound to the dead process; the new one is asked through main, once it is there.
  const title = (): Promise<string | undefined> =>
    app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return contents?.isLoading() || contents?.isCrashed() ? undefined : contents?.getTitle();
    });
  await expect.poll(title).toContain('Platter');
  const tabs = (): Promise<unknown> =>
    app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        `[...document.querySelectorAll('[data-tab]')].map((tab) => tab.textContent.trim())`,
      ),
    );
  await expect.poll(tabs).toEqual(['first.vhd', 'stays.vhd']);
});

test('when a worker dies its job is marked, nothing is published, and the next job works', async ({
  launch,
}) => {
  const { app, page } = await launch();
  const file = join(folder, 'big.vhd');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  const { target } = await call(page, 'files.saveDialog', { suggestedName: 'big.vhd' });
  if (!target) throw new Error('no target');
  const { folderId } = target;
  // A worker is a thread: it is ended from within, as a fault in native code would end it.
  await app.evaluate(() => {
    const threads = process.mainModule?.require('node:worker_threads') as typeof WorkerThreads;
    const { Worker } = threads;
    const workers: InstanceType<typeof Worker>[] = [];
    (globalThis as unknown as { workers: typeof workers }).workers = workers;
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: InstanceType<typeof Worker>, ...args: unknown[]) {
      workers.push(this);
      return postMessage.apply(this, args as never);
    };
  });
  const { jobId } = await call(page, 'jobs.start', {
    operation: {
      verb: 'create',
      target: { folderId, name: 'big.vhd' },
      type: 'fixed',
      sizeBytes: 2 * 1024 ** 3,
      allocate: 'full',
    },
  });
  await call(page, 'jobs.pause', { jobId });
  await app.evaluate(async () => {
    const { workers } = globalThis as unknown as { workers: { terminate: () => Promise<unknown> }[] };
    await workers[0]?.terminate();
  });
  const job = async () => (await call(page, 'jobs.list', {})).jobs.find(({ id }) => id === jobId);
  await expect.poll(async () => (await job())?.state).toBe('failed');
  expect((await job())?.error).toMatchObject({ code: 'worker-crashed' });
  expect(readdirSync(folder).filter((name) => name === 'big.vhd')).toEqual([]);

  const second = await call(page, 'jobs.start', {
    operation: {
      verb: 'create',
      target: { folderId, name: 'small.vhd' },
      type: 'dynamic',
      sizeBytes: 4 * 1024 ** 2,
    },
  });
  const state = async () =>
    (await call(page, 'jobs.list', {})).jobs.find(({ id }) => id === second.jobId)?.state;
  await expect.poll(state).toBe('succeeded');
  expect(readdirSync(folder)).toContain('small.vhd');
});

test('killed in the middle of a job, the target is not there, and the next start offers to remove the rest', async ({
  launch,
}) => {
  const userDataDir = join(folder, 'profile');
  const first = await launch({ userDataDir });
  const file = join(folder, 'never.vhd');
  await first.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  const { target } = await call(first.page, 'files.saveDialog', { suggestedName: 'never.vhd' });
  if (!target) throw new Error('no target');
  const { jobId } = await call(first.page, 'jobs.start', {
    operation: {
      verb: 'create',
      target: { folderId: target.folderId, name: target.name },
      type: 'fixed',
      sizeBytes: 2 * 1024 ** 3,
      allocate: 'full',
    },
  });
  const parts = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.platter-part'));
  await expect.poll(parts).toHaveLength(1);
  await call(first.page, 'jobs.pause', { jobId });
  const ended = new Promise<void>((resolve) => first.app.once('close', () => resolve()));
  first.app.process().kill('SIGKILL');
  await ended;
  expect(readdirSync(folder)).not.toContain('never.vhd');
  expect(parts()).toHaveLength(1);

  const { page } = await launch({ userDataDir });
  const dialog = page.getByRole('dialog', { name: 'Platter was ended in the middle of making a file' });
  await expect(dialog).toContainText('.never.vhd.');
  await expect(dialog).toContainText('No other file was changed by it');
  await dialog.getByRole('button', { name: 'Remove it' }).click();
  await expect.poll(parts).toEqual([]);
  expect(readdirSync(folder)).toEqual(['profile']);
});

test('two hundred rounds of opening and closing leave no handle behind', async ({ launch }) => {
  test.setTimeout(180_000);
  const images = Array.from({ length: 4 }, (_, index) => createDisk(join(folder, `disk-${index}.vhd`)));
  const { app, page } = await launch({ args: images });
  await expect(page.locator('[data-tab]')).toHaveCount(4);
  await app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths });
  }, images);
  const { files } = await call(page, 'files.openDialog', { purpose: 'image', multiple: true });
  expect(files).toHaveLength(4);
  const handles = (): Promise<string[]> =>
    app.evaluate(() => {
      const fs = process.mainModule?.require('node:fs') as typeof Fs;
      return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          return [fs.readlinkSync(`/proc/self/fd/${fd}`)];
        } catch {
          return [];
        }
      });
    });
  const round = async (): Promise<void> => {
    for (const { id: fileId } of files) {
      await call(page, 'image.info', { fileId });
      await call(page, 'image.check', { fileId });
      await call(page, 'image.map', { fileId, depth: 'bitmaps' });
      await call(page, 'image.bytes', { fileId, offset: 0, length: 4096 });
      await call(page, 'files.close', { fileId });
    }
  };
  for (let warmUp = 0; warmUp < 3; warmUp += 1) await round();
  const before = await handles();
  const memoryBefore = await app.evaluate(() => {
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage().heapUsed;
  });
  for (let count = 0; count < 50; count += 1) await round();
  const after = await handles();
  expect(after.filter((name) => name.endsWith('.vhd'))).toEqual([]);
  expect(after.length).toBeLessThanOrEqual(before.length + 4);
  const memoryAfter = await app.evaluate(() => {
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage().heapUsed;
  });
  expect(memoryAfter - memoryBefore).toBeLessThan(64 * 1024 * 1024);
});
