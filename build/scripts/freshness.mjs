// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';

const SOURCES = ['src-shared', 'src-main', 'src-renderer'];
const SETTINGS = ['package.json', 'package-lock.json', 'vite.config.ts', 'vite.node.config.ts'];
const PRODUCTS = [
  'out/main/index.cjs',
  'out/main/worker.cjs',
  'out/main/cli.cjs',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
];

/** Whether `npm run build` has something to do. */
export function isBuildStale() {
  const built = PRODUCTS.map((file) => modifiedAt(join(ROOT, file)));
  if (built.includes(undefined)) return true;
  const oldestProduct = Math.min(...built.map((at) => at ?? 0));
  const changed = [
    ...SETTINGS.map((file) => modifiedAt(join(ROOT, file)) ?? 0),
    ...SOURCES.flatMap((folder) => treeTimes(join(ROOT, folder))),
  ];
  return changed.some((at) => at > oldestProduct);
}

/**
 * Times of every file and folder: a removed file shows in its folder.
 * @param {string} folder
 * @returns {number[]}
 */
function treeTimes(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return [
    modifiedAt(folder) ?? 0,
    ...entries.flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? treeTimes(path) : [modifiedAt(path) ?? 0];
    }),
  ];
}

/** @param {string} path */
function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
