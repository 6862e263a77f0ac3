import type * as Fs from 'node:fs';
import type * as WorkerThreads from 'node:worker_threads';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { call } from './bridge';
import { startLongJob } from './long-job';
import { createDisk } from './images';
import { expect, test } from './launch';

let folder: string;
test.beforeEach(({ folder: own }) => {
  folder = own;
});

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
  const jobId = await startLongJob(first.app, first.page, file);
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

test('two hundred rounds of opening and closing leave no handle and no memory behind', async ({ launch }) => {
  test.setTimeout(240_000);
  const images = Array.from({ length: 2 }, (_, index) => createDisk(join(folder, `disk-${index}.vhd`)));
  const { app, page } = await launch({ args: ['--js-flags=--expose-gc', ...images] });
  await expect(page.locator('[data-tab]')).toHaveCount(2);
  await app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths });
  }, images);
  const { files } = await call(page, 'files.openDialog', { purpose: 'image', multiple: true });
  expect(files).toHaveLength(2);
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
  /** Bytes that main's scripts hold once everything that can go has gone. */
  const heldBytes = (): Promise<number> =>
    app.evaluate(async () => {
      const { gc } = globalThis as { gc?: () => void };
      if (!gc) throw new Error('--expose-gc is not there: what is measured would be garbage');
      for (let count = 0; count < 3; count += 1) {
        gc();
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    });
  // All calls of a round in one trip: Playwright keeps a record of each trip, in main too, and that is not ours.
  const rounds = (count: number): Promise<void> =>
    page.evaluate(
      async ([ids, times]) => {
        const { platter } = globalThis as unknown as {
          platter: { invoke: (method: string, input: unknown) => Promise<{ ok: boolean }> };
        };
        for (let round = 0; round < times; round += 1) {
          for (const fileId of ids) {
            const calls: [string, object][] = [
              ['image.info', {}],
              ['image.check', { deep: false }],
              ['image.map', { depth: 'bitmaps' }],
              ['image.inspect', {}],
              ['image.bytes', { offset: 0, length: 4096 }],
              ['image.chain', {}],
              ['files.close', {}],
            ];
            for (const [method, input] of calls) {
              const answer = await platter.invoke(method, { fileId, ...input });
              if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(answer)}`);
            }
          }
        }
      },
      [files.map(({ id }) => id), count] as const,
    );
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

  await rounds(10);
  const before = await handles();
  // Forty times five rounds of two images; the first and the last fifth are compared by their medians.
  const held: number[] = [];
  for (let count = 0; count < 40; count += 1) {
    await rounds(5);
    held.push(await heldBytes());
  }
  const after = await handles();
  expect(after.filter((name) => name.endsWith('.vhd'))).toEqual([]);
  expect(after.length).toBeLessThanOrEqual(before.length);
  const growth = median(held.slice(-8)) - median(held.slice(0, 8));
  test.info().annotations.push({ type: 'bytes held', description: held.join(' ') });
  // What V8 learns of the code is still growing a little; half a MiB is 250 bytes for each of 2000 openings.
  expect(growth).toBeLessThan(512 * 1024);
});
