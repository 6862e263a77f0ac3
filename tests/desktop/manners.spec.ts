import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { DEFAULT_SETTINGS } from '../../src-shared/model/settings';
import { call } from './bridge';
import { startLongJob } from './long-job';
import { createDisk } from './images';
import { expect, test } from './launch';

let folder: string;
test.beforeEach(({ folder: own }) => {
  folder = own;
});

/** Starts a job that is big enough to be in the way, and holds it. */
async function startHeldJob(app: ElectronApplication, page: Page, name = 'held.vhd'): Promise<string> {
  const jobId = await startLongJob(app, page, join(folder, name));
  await call(page, 'jobs.pause', { jobId });
  return jobId;
}

/** Answers every question from now on; what was asked is kept. */
async function answerQuestions(app: ElectronApplication, response: number): Promise<void> {
  await app.evaluate(({ dialog }, button) => {
    const asked: string[] = [];
    (globalThis as unknown as { asked: string[] }).asked = asked;
    dialog.showMessageBox = async (...args: unknown[]) => {
      asked.push((args.at(-1) as { message: string }).message);
      return { response: button, checkboxChecked: false };
    };
  }, response);
}

const asked = (app: ElectronApplication): Promise<string[]> =>
  app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);

test('the menu has a place for everything, and its items run the page’s commands', async ({ launch }) => {
  const { app, page } = await launch();
  const labels = await app.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()?.items.map(({ label, role, submenu }) => ({
      name: label || role,
      items: submenu?.items.filter(({ type }) => type !== 'separator').length,
    })),
  );
  expect(labels?.map(({ name }) => String(name).replace('&', ''))).toEqual([
    'File', 'Edit', 'View', 'Go', 'Window', 'Help',
  ]); // prettier-ignore
  for (const { items } of labels ?? []) expect(items).toBeGreaterThan(1);
  await app.evaluate(({ Menu }) => {
    Menu.getApplicationMenu()?.getMenuItemById('palette')?.click();
  });
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('the about box has the versions, to copy', async ({ launch }) => {
  const { app } = await launch();
  await app.evaluate(({ dialog, clipboard, Menu }) => {
    clipboard.clear();
    const seen = { detail: '' };
    (globalThis as unknown as { about: typeof seen }).about = seen;
    dialog.showMessageBox = async (...args: unknown[]) => {
      seen.detail = (args.at(-1) as { detail: string }).detail;
      return { response: 1, checkboxChecked: false };
    };
    const help = Menu.getApplicationMenu()?.items.at(-1)?.submenu;
    help?.items.at(-1)?.click();
  });
  await expect
    .poll(() => app.evaluate(({ clipboard }) => clipboard.readText()))
    .toMatch(/^Platter \d+\.\d+\.\d+\nElectron \d+/);
});

test('the window comes back where it was, and never off the screen', async ({ launch }) => {
  const userDataDir = join(folder, 'profile');
  const first = await launch({ userDataDir });
  const wanted = { x: 60, y: 40, width: 1000, height: 640 };
  await first.app.evaluate(
    ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds),
    wanted,
  );
  await first.page.waitForTimeout(700);
  await first.close();
  const state = join(userDataDir, 'platter', 'window.json');
  expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ bounds: { width: 1000, height: 640 } });

  const second = await launch({ userDataDir });
  const bounds = await second.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  );
  expect(bounds).toMatchObject({ width: 1000, height: 640 });
  await second.close();

  writeFileSync(state, JSON.stringify({ bounds: { x: 90_000, y: -5_000, width: 1000, height: 640 } }));
  const third = await launch({ userDataDir });
  const [seen, area] = await third.app.evaluate(({ BrowserWindow, screen }) => [
    BrowserWindow.getAllWindows()[0]?.getBounds(),
    screen.getPrimaryDisplay().workArea,
  ]);
  expect(seen?.x).toBeLessThan((area?.x ?? 0) + (area?.width ?? 0));
  expect(seen?.y).toBeGreaterThanOrEqual(area?.y ?? 0);
});

test('settings survive a damaged file: defaults are used, and what it held is kept aside', async ({
  launch,
}) => {
  const userDataDir = join(folder, 'profile');
  const data = join(userDataDir, 'platter');
  mkdirSync(data, { recursive: true });
  for (const name of ['settings.json', 'recents.json', 'window.json', 'folders.json'])
    writeFileSync(join(data, name), '{"theme": "dark", ');
  const { page } = await launch({ userDataDir });
  await expect(page.locator('#app')).not.toBeEmpty();
  expect(await call(page, 'settings.get', {})).toMatchObject({
    version: DEFAULT_SETTINGS.version,
    theme: 'system',
    units: 'binary',
  });
  expect(readdirSync(data)).toContain('settings.json.damaged');
  await call(page, 'settings.set', { units: 'decimal' });
  expect(JSON.parse(readFileSync(join(data, 'settings.json'), 'utf8'))).toMatchObject({ units: 'decimal' });
});

test('the theme of the settings is the window’s', async ({ launch }) => {
  const { app, page } = await launch();
  await call(page, 'settings.set', { theme: 'dark' });
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors)).toBe(true);
  await call(page, 'settings.set', { theme: 'light' });
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.shouldUseDarkColors)).toBe(false);
});

test('while a job runs the machine stays awake, and closing asks first; cancel keeps everything', async ({
  launch,
}) => {
  const { app, page } = await launch();
  await app.evaluate(({ powerSaveBlocker }) => {
    const running = new Set<number>();
    (globalThis as unknown as { running: Set<number> }).running = running;
    const { start, stop } = powerSaveBlocker;
    powerSaveBlocker.start = (type) => {
      const id = start.call(powerSaveBlocker, type);
      running.add(id);
      return id;
    };
    powerSaveBlocker.stop = (id: number) => {
      running.delete(id);
      return stop.call(powerSaveBlocker, id);
    };
  });
  const blockers = (): Promise<number> =>
    app.evaluate(() => (globalThis as unknown as { running: Set<number> }).running.size);
  await app.evaluate(({ BrowserWindow }) => {
    const bars: number[] = [];
    (globalThis as unknown as { bars: number[] }).bars = bars;
    const [window] = BrowserWindow.getAllWindows();
    if (window) window.setProgressBar = (share: number) => bars.push(share);
  });
  const bars = (): Promise<number[]> =>
    app.evaluate(() => (globalThis as unknown as { bars: number[] }).bars);
  const jobId = await startHeldJob(app, page);
  expect(await blockers()).toBe(1);
  // A share of the whole, or 2: not known yet.
  expect((await bars()).at(-1)).toBeGreaterThanOrEqual(0);
  await answerQuestions(app, 2);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(() => asked(app)).toHaveLength(1);
  expect((await asked(app))[0]).toContain('held.vhd');
  await app.evaluate(({ app: program }) => program.quit());
  await expect.poll(() => asked(app)).toHaveLength(2);
  expect((await call(page, 'jobs.list', {})).jobs).toMatchObject([{ id: jobId, state: 'paused' }]);

  await call(page, 'jobs.cancel', { jobId });
  await expect.poll(blockers).toBe(0);
  // Taken away again.
  expect((await bars()).at(-1)).toBe(-1);
  expect(readdirSync(folder).filter((name) => name !== 'profile')).toEqual([]);
});

test('stopping safely ends the program and leaves nothing half-written', async ({ launch }) => {
  const { app, page } = await launch();
  await startHeldJob(app, page);
  await answerQuestions(app, 1);
  const ended = new Promise<void>((resolve) => app.once('close', () => resolve()));
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await ended;
  expect(readdirSync(folder)).toEqual([]);
});

test('keeping it running hides the window, and quits when the work is done', async ({ launch }) => {
  const { app, page } = await launch();
  const jobId = await startHeldJob(app, page);
  await answerQuestions(app, 0);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()))
    .toBe(false);
  const ended = new Promise<void>((resolve) => app.once('close', () => resolve()));
  await call(page, 'jobs.cancel', { jobId });
  await ended;
});

test('an image that is opened is in the title, and among the system’s recent documents', async ({
  launch,
}) => {
  const image = createDisk(join(folder, 'titled.vhd'));
  const { app, page } = await launch();
  await app.evaluate(({ app: program, dialog }, filePath) => {
    const recent: string[] = [];
    (globalThis as unknown as { recent: string[] }).recent = recent;
    program.addRecentDocument = (path) => recent.push(path);
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [filePath] });
  }, image);
  await page.getByRole('button', { name: 'Open an image' }).click();
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle()))
    .toMatch(/^titled\.vhd\b.*Platter$/);
  await expect
    .poll(() => app.evaluate(() => (globalThis as unknown as { recent: string[] }).recent))
    .toEqual([image]);
});

test('an open file that changes or goes away outside is told to the page', async ({ launch }) => {
  const image = createDisk(join(folder, 'watched.vhd'));
  const { page } = await launch({ args: [image] });
  await expect(page.locator('[data-tab]', { hasText: 'watched.vhd' })).toBeVisible();
  // Watched from before it is read, which is later than its tab.
  await expect(page.getByText('4,194,304 bytes').first()).toBeVisible();
  await page.evaluate(() => {
    const told: string[] = [];
    (globalThis as unknown as { told: string[] }).told = told;
    (
      globalThis as unknown as { platter: { on: (n: string, l: (p: { kind: string }) => void) => void } }
    ).platter.on('file.changed', ({ kind }) => told.push(kind));
  });
  const told = (): Promise<string[]> =>
    page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  writeFileSync(image, Buffer.concat([readFileSync(image), Buffer.alloc(512)]));
  await expect.poll(told).toEqual(['changed']);
  rmSync(image);
  await expect.poll(told).toEqual(['changed', 'gone']);
});
