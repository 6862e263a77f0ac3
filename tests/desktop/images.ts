import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(ROOT, 'out', 'main', 'cli.cjs');

/** Makes a new disk with the built command line. */
export function createDisk(file: string, type: 'fixed' | 'dynamic' = 'dynamic', size = '4M'): string {
  execFileSync(process.execPath, [CLI, 'create', file, '--type', type, '--size', size]);
  return file;
}

/** Unpacks an image of the corpus; undefined where there is no corpus. */
export function corpusImage(name: string, folder: string): string | undefined {
  const corpus = process.env['VHD_CORPUS'] ?? resolve(ROOT, '..', 'shared', 'corpus');
  const manifestFile = join(corpus, 'manifest.json');
  if (!existsSync(manifestFile)) return undefined;
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Record<string, { gz: string }>;
  const entry = manifest[name];
  if (!entry) throw new Error(`the corpus has no ${name}`);
  const file = join(folder, name.split('/').at(-1) ?? name);
  writeFileSync(file, gunzipSync(readFileSync(join(corpus, entry.gz))));
  return file;
}
