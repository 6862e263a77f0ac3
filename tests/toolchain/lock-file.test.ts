import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './planted-tree';

interface LockEntry {
  version?: string;
  license?: string;
  dev?: boolean;
  resolved?: string;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}

const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(lockText) as { packages: Record<string, LockEntry> };
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** Where npm would find `name` for the package at `from`, as Node does: up the tree. */
function locate(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return undefined;
  }
}

/** `names` and everything they bring along. */
function closure(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (from: string, name: string): void => {
    const place = locate(from, name);
    if (place === undefined || found.has(place)) return;
    found.add(place);
    const { dependencies = {}, optionalDependencies = {} } = packages[place] ?? {};
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) visit(place, next);
  };
  for (const name of names) visit('', name);
  return found;
}

describe('the lock file', () => {
  test('names no registry', () => {
    expect(Object.values(packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
    expect(lockText).not.toMatch(/"resolved"|registry\.|"git\+|https?:\/\/[^"]*\.tgz/);
  });

  test('has every optional package of every platform', () => {
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => locate(place, name) === undefined)
        .map((name) => `${place} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test.each([
    ['rolldown', '@rolldown/binding', ['linux-x64-gnu', 'darwin-arm64', 'darwin-x64', 'win32-x64-msvc']],
    ['lightningcss', 'lightningcss', ['linux-x64-gnu', 'darwin-arm64', 'darwin-x64', 'win32-x64-msvc']],
    ['Tailwind', '@tailwindcss/oxide', ['linux-x64-gnu', 'darwin-arm64', 'darwin-x64', 'win32-x64-msvc']],
    ['koffi', '@koromix/koffi', ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64']],
  ])('serves Linux, macOS and Windows with %s', (_name, prefix, platforms) => {
    const missing = platforms.filter((platform) => !(`node_modules/${prefix}-${platform}` in packages));
    expect(missing).toEqual([]);
  });

  test('pins every direct dependency exactly', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(ranges).toEqual([]);
  });

  test('agrees with package.json', () => {
    const root = packages[''] as unknown as Manifest;
    expect(root.dependencies).toEqual(manifest.dependencies);
    expect(root.devDependencies).toEqual(manifest.devDependencies);
  });
});

describe('installing', () => {
  test('needs no install script: the packages that have one are refused it', () => {
    const withScript = Object.entries(packages)
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([place]) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(Object.fromEntries(withScript.map((name) => [name, false]))).toEqual(manifest.allowScripts);
  });

  test('koffi comes ready made for this platform', () => {
    const require = createRequire(import.meta.url);
    const prebuilt = `@koromix/koffi-${process.platform}-${process.arch}`;
    expect(existsSync(join(ROOT, 'node_modules', prebuilt))).toBe(true);
    expect(typeof (require('koffi') as { load: unknown }).load).toBe('function');
  });

  test('fs-native-extensions carries its binaries for all three systems', () => {
    const prebuilds = readdirSync(join(ROOT, 'node_modules', 'fs-native-extensions', 'prebuilds'));
    expect(prebuilds).toEqual(
      expect.arrayContaining(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64']),
    );
    const require = createRequire(import.meta.url);
    expect(typeof (require('fs-native-extensions') as { tryLock: unknown }).tryLock).toBe('function');
  });
});

describe('licences of what is shipped', () => {
  /** All of them let the program be passed on under MIT, with their notices (build/scripts/notices.mjs). */
  const ALLOWED = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

  /** Bundled into out/ by Vite; package.json has them among the devDependencies. */
  const BUNDLED = [
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

  const shipped = closure([...Object.keys(manifest.dependencies), ...BUNDLED]);

  test('there is something to look at', () => {
    expect(BUNDLED.filter((name) => !(name in manifest.devDependencies))).toEqual([]);
    expect(shipped.size).toBeGreaterThan(BUNDLED.length + 2);
  });

  test('are all on the list', () => {
    const others = [...shipped]
      .filter((place) => !ALLOWED.includes(packages[place]?.license ?? ''))
      .map((place) => `${place}: ${packages[place]?.license ?? 'none'}`);
    expect(others).toEqual([]);
  });
});
