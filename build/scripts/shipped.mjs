// @ts-check
// Which packages reach people, and the notices their licences ask for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {string} [license]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/** Bundled into out/ by Vite, and therefore among the devDependencies of package.json. */
export const BUNDLED = [
  '@lucide/vue',
  '@tanstack/vue-virtual',
  'pinia',
  'reka-ui',
  'tailwindcss',
  'valibot',
  'vue',
  'vue-i18n',
  'vue-sonner',
];

const readJson = (/** @type {string} */ file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

/**
 * Everything shipped, with what it brings along.
 * @returns {Map<string, LockEntry>} place in node_modules to its entry in the lock file
 */
export function shippedPackages() {
  /** @type {Record<string, LockEntry>} */
  const packages = readJson('package-lock.json').packages;
  /** @type {Map<string, LockEntry>} */
  const found = new Map();
  const visit = (/** @type {string} */ from, /** @type {string} */ name) => {
    const place = locatePackage(packages, from, name);
    const entry = place === undefined ? undefined : packages[place];
    if (place === undefined || entry === undefined || found.has(place)) return;
    found.set(place, entry);
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }))
      visit(place, next);
  };
  for (const name of [...Object.keys(readJson('package.json').dependencies), ...BUNDLED]) visit('', name);
  return found;
}

/**
 * Where Node would find `name` from the package at `from`: up the tree.
 * @param {Record<string, unknown>} packages of the lock file
 * @param {string} from a place in node_modules, or '' for the project
 * @param {string} name
 * @returns {string | undefined}
 */
export function locatePackage(packages, from, name) {
  for (let folder = from; ;) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return undefined;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1));
  }
}

/** The text of every licence, for THIRD-PARTY-NOTICES.txt. Packages of other platforms are left out. */
export function noticesText() {
  const parts = [...shippedPackages()].flatMap(([place, { version, license }]) => {
    const folder = join(ROOT, place);
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const files = listFiles(folder);
    if (files === undefined) return [];
    const texts = files
      .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})\n\n${texts.join('\n\n')}`.trim()];
  });
  const rule = `\n\n${'-'.repeat(78)}\n\n`;
  return ['Platter contains these works of others.', ...parts].join(rule) + '\n';
}

/** @param {string} folder */
function listFiles(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}
