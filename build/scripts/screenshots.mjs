// @ts-check
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from './chromium.mjs';
import { DEMO, makeDemoImages } from './demo-images.mjs';

/**
 * Takes a picture of every screen, 900 and 1600 pixels wide, light and dark, into test-results/screenshots, and copies
 * the best of them to docs/screenshots for the README. Needs a build. `--only WORD` takes only screens whose name has
 * the word, and copies nothing.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = join(ROOT, 'test-results/screenshots');
const DOCS = join(ROOT, 'docs/screenshots');
const HEIGHTS = new Map([
  [900, 700],
  [1600, 960],
]);
const SCHEMES = /** @type {const} */ (['light', 'dark']);
/** What the README shows: its name there, the screen, the theme. */
const BEST = /** @type {const} */ ([
  ['overview-light', 'overview', 'light'],
  ['map-dark', 'map', 'dark'],
  ['inspect-light', 'inspect', 'light'],
  ['repair-light', 'repair', 'light'],
  ['chain-dark', 'chain', 'dark'],
  ['create-light', 'create-size', 'light'],
]);

/** @typedef {import('playwright').Page} Page */

/** Presses the button whose name begins so. @param {Page} page @param {string} name */
const press = (page, name) =>
  page
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .first()
    .click();
/** @param {Page} page @param {string} name */
const tab = (page, name) => page.getByRole('tab', { name, exact: true }).click();
/** @param {Page} page @param {string} text */
const type = (page, text) => page.keyboard.type(text);

/** @param {Page} page @param {string} name */
async function choose(page, name) {
  await page.getByRole('dialog').getByText(name, { exact: true }).dblclick();
}

/** @param {Page} page @param {string} name @param {string} [section] */
async function open(page, name, section) {
  await press(page, 'Home');
  await press(page, 'Open an image');
  await choose(page, name);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  if (section) await tab(page, section);
}

/** @param {Page} page @param {string} verb */
async function wizard(page, verb) {
  await open(page, DEMO.child);
  await press(page, 'Actions');
  await page.getByRole('menuitem', { name: new RegExp(`^${verb}`) }).click();
}

/** @param {Page} page */
async function compared(page) {
  await open(page, DEMO.server, 'Compare');
  await press(page, 'Second image: Choose…');
  await press(page, 'A file…');
  await choose(page, DEMO.child);
}

/** @param {Page} page @param {string} name */
const compareBy = (page, name) =>
  page.getByRole('group', { name: 'Compare by' }).getByText(name, { exact: true }).click();

/** The map as blocks: one left among a block's sectors comes back there. @param {Page} page @param {string} name */
async function openBlocks(page, name) {
  await open(page, name, 'Map');
  await page.getByRole('application').first().waitFor();
  const back = page.getByRole('button', { name: 'All blocks' });
  if (await back.isVisible()) await back.click();
}

/** @type {readonly (readonly [name: string, go: (page: Page) => Promise<unknown>])[]} */
const SCREENS = [
  ['home-empty', async () => undefined],
  [
    'chooser',
    async (page) => {
      await press(page, 'Open an image');
      await page.getByRole('dialog').getByText(DEMO.server, { exact: true }).click();
    },
  ],
  ['overview', (page) => open(page, DEMO.server)],
  ['overview-broken', (page) => open(page, DEMO.broken)],
  [
    'map',
    async (page) => {
      await openBlocks(page, DEMO.child);
      await page.getByRole('application').first().focus();
      for (const key of ['Home', 'n']) await page.keyboard.press(key);
    },
  ],
  [
    'map-file-order',
    async (page) => {
      await open(page, DEMO.server, 'Map');
      await page.getByText('File', { exact: true }).click();
    },
  ],
  [
    'map-broken',
    async (page) => {
      await openBlocks(page, DEMO.broken);
      await page.getByRole('application').first().focus();
      await page.keyboard.press('e');
    },
  ],
  [
    'map-sectors',
    async (page) => {
      await openBlocks(page, DEMO.child);
      await page.getByRole('application').first().focus();
      for (const key of ['Home', 'n']) await page.keyboard.press(key);
      await press(page, 'Show its sectors');
      await page.getByRole('button', { name: 'All blocks' }).waitFor();
    },
  ],
  ['map-large', (page) => open(page, DEMO.large, 'Map')],
  ['map-fixed', (page) => open(page, DEMO.fixed, 'Map')],
  [
    'map-table',
    async (page) => {
      await openBlocks(page, DEMO.child);
      await page.getByText('Table', { exact: true }).click();
    },
  ],
  [
    'inspect',
    async (page) => {
      await open(page, DEMO.broken, 'Inspect');
      await page
        .getByRole('navigation', { name: 'Fields' })
        .getByRole('button', { name: /^Checksum/ })
        .nth(1)
        .click();
    },
  ],
  ['inspect-child', (page) => open(page, DEMO.child, 'Inspect')],
  ['chain', (page) => open(page, DEMO.grandchild, 'Chain')],
  ['chain-orphan', (page) => open(page, DEMO.orphan, 'Chain')],
  ['check', (page) => open(page, DEMO.broken, 'Check & repair')],
  ['repair', (page) => open(page, DEMO.footer, 'Check & repair')],
  [
    'compare-content',
    async (page) => {
      await compared(page);
      await press(page, 'Compare the content');
    },
  ],
  ['compare-fields', async (page) => (await compared(page), compareBy(page, 'Fields'))],
  ['compare-map', async (page) => (await compared(page), compareBy(page, 'Map'))],
  ['compare-bytes', async (page) => (await compared(page), compareBy(page, 'Bytes'))],
  ['home', (page) => press(page, 'Home')],
  ['create-purpose', async (page) => (await press(page, 'Home'), press(page, 'Create a disk'))],
  ['create-size', (page) => press(page, 'Continue')],
  [
    'create-place',
    async (page) => (await page.getByLabel('Size', { exact: true }).fill('40G'), press(page, 'Continue')),
  ],
  ['create-review', (page) => press(page, 'Continue')],
  ['convert', (page) => wizard(page, 'Convert')],
  ['resize', (page) => wizard(page, 'Resize')],
  ['compact', (page) => wizard(page, 'Compact')],
  ['merge', (page) => wizard(page, 'Merge')],
  ['azure', (page) => wizard(page, '.*Azure')],
  ['calculators', (page) => press(page, 'Calculators')],
  ['jobs', (page) => press(page, 'Jobs')],
  ['history', (page) => press(page, 'History')],
  ['settings', (page) => press(page, 'Settings')],
  [
    'sweep',
    async (page) => {
      await press(page, 'Home');
      await press(page, 'Look through a folder');
      await page.getByRole('button', { name: /^Choose “/ }).click();
      await page.getByText(/images in/).waitFor();
    },
  ],
  [
    'chains',
    async (page) => {
      await press(page, 'Chains');
      await press(page, 'Choose a folder…');
      await page.getByRole('button', { name: /^Choose “/ }).click();
    },
  ],
  [
    'guide',
    async (page) => {
      await press(page, 'Home');
      await press(page, 'What is this file');
      await press(page, 'Choose a file…');
      await choose(page, DEMO.broken);
    },
  ],
  ['palette', async (page) => (await page.keyboard.press('Control+k'), type(page, 'go'))],
  ['shortcuts', async (page) => (await page.keyboard.press('Escape'), page.keyboard.press('?'))],
];

/** @param {string} folder @param {string} data @returns {Promise<{ url: string, stop: () => void }>} */
function startDoor(folder, data) {
  const cli = join(ROOT, 'out/main/cli.cjs');
  const child = spawn(process.execPath, [cli, 'serve', '--no-open', '--port', '0', '--root', folder], {
    env: { ...process.env, PLATTER_DATA_DIR: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`platter serve ended (exit ${code})`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url) resolve({ url, stop: () => child.kill('SIGTERM') });
    });
  });
}

/** @param {Page} page @param {string} name */
async function shoot(page, name) {
  for (const [width, height] of HEIGHTS) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(OUT, `${name}-${width}-${colorScheme}.png`) });
    }
  }
}

async function main() {
  const only = process.argv[2] === '--only' ? process.argv[3] : undefined;
  const temp = mkdtempSync(join(realpathSync(tmpdir()), 'platter-pictures-'));
  const folder = join(temp, 'images');
  mkdirSync(folder);
  mkdirSync(OUT, { recursive: true });
  makeDemoImages(folder);
  const door = await startDoor(folder, join(temp, 'data'));
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 960 } });
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await page.goto(door.url);
    await page.getByRole('button', { name: 'Open an image' }).waitFor();
    for (const [name, go] of SCREENS) {
      // The steps of Create follow one another.
      if (only && !name.includes(only) && !name.startsWith('create')) continue;
      await page.setViewportSize({ width: 1600, height: 960 });
      if (!name.startsWith('create-') && name !== 'shortcuts') await page.keyboard.press('Escape');
      await go(page);
      await page.waitForTimeout(600);
      if (!only || name.includes(only)) await shoot(page, name);
    }
    if (only) return;
    mkdirSync(DOCS, { recursive: true });
    for (const [file, screen, scheme] of BEST) {
      copyFileSync(join(OUT, `${screen}-1600-${scheme}.png`), join(DOCS, `${file}.png`));
    }
  } finally {
    await browser.close();
    door.stop();
    rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
  }
}

await main();
