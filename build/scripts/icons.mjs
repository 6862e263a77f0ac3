// @ts-check
// `npm run icons`: draws build/icons/*.svg in Chromium at every size the systems ask for. What it writes is
// committed, so that a build needs no browser.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from './chromium.mjs';
import { packIcns, packIco } from './icon-files.mjs';
import { ROOT } from './processes.mjs';

const ICONS = join(ROOT, 'build', 'icons');
const SIDES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const ICO_SIDES = [16, 24, 32, 48, 64, 128, 256];
const LINUX_SIDES = [16, 24, 32, 48, 64, 128, 256, 512];

/**
 * @param {import('playwright').Page} page
 * @param {string} svg
 * @returns {Promise<Map<number, Buffer>>} side in pixels to PNG
 */
async function draw(page, svg) {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  const pngs = new Map();
  for (const side of SIDES) {
    await page.setViewportSize({ width: side, height: side });
    await page.setContent(
      `<style>body{margin:0}img{display:block;width:${side}px;height:${side}px}</style><img src="${source}">`,
    );
    await page.waitForFunction(() => document.images[0]?.complete);
    pngs.set(side, await page.screenshot({ omitBackground: true }));
  }
  return pngs;
}

/**
 * @param {Map<number, Buffer>} pngs
 * @param {number[]} sides
 */
const pick = (pngs, sides) => new Map([...pngs].filter(([side]) => sides.includes(side)));

/**
 * @param {string} name
 * @param {Buffer | undefined} content
 */
async function write(name, content) {
  if (content === undefined) throw new Error(`${name} was not drawn`);
  await mkdir(dirname(join(ICONS, name)), { recursive: true });
  await writeFile(join(ICONS, name), content);
}

const browser = await chromium.launch(chromiumLaunchOptions());
try {
  const page = await browser.newPage();
  const app = await draw(page, await readFile(join(ICONS, 'icon.svg'), 'utf8'));
  await write('icon.png', app.get(512));
  await write('icon.ico', packIco(pick(app, ICO_SIDES)));
  await write('icon.icns', packIcns(app));
  for (const [side, png] of pick(app, LINUX_SIDES)) await write(`linux/${side}x${side}.png`, png);
  const file = await draw(page, await readFile(join(ICONS, 'vhd.svg'), 'utf8'));
  await write('vhd.ico', packIco(pick(file, ICO_SIDES)));
  await write('vhd.icns', packIcns(file));
  // What is seen under the pointer while a file is dragged out of the window; main carries it as text.
  await writeFile(
    join(ROOT, 'src-main', 'hosts', 'electron', 'drag-icon.ts'),
    "/** A VHD's icon, 32 pixels wide: drawn by `npm run icons` from build/icons/vhd.svg. */\n" +
      `export const VHD_ICON_PNG =\n  'data:image/png;base64,${file.get(32)?.toString('base64')}';\n`,
  );
} finally {
  await browser.close();
}
console.log(`icons drawn into ${ICONS}`);
