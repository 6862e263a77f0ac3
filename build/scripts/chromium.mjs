// @ts-check
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The Chromium the tests drive: PLATTER_CHROMIUM, else one that the system has.
 * @returns {string | undefined} undefined where only Playwright's own download could help
 */
export function findChromium() {
  const chosen = process.env['PLATTER_CHROMIUM'];
  if (chosen) return chosen;
  return PLACES.find((place) => existsSync(place));
}

/**
 * For `launchOptions` of Playwright and Vitest.
 * @returns {{ executablePath?: string }}
 */
export function chromiumLaunchOptions() {
  const executablePath = findChromium();
  return executablePath === undefined ? {} : { executablePath };
}
