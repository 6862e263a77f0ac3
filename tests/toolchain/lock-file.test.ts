import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUNDLED, locatePackage, noticesText, shippedPackages } from '../../build/scripts/shipped.mjs';
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

describe('the lock file', () => {
  test('names no registry', () => {
    expect(Object.values(packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
    expect(lockText).not.toMatch(/"resolved"|registry\.|"git\+|https?:\/\/[^"]*\.tgz/);
  });

  test('has every optional package of every platform', () => {
    const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => locatePackage(packages, place, name) === undefined)
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
  /** All of them let the program be passed on under MIT, with their notices (THIRD-PARTY-NOTICES.txt). */
  const ALLOWED = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

  const shipped = shippedPackages();

  test('there is something to look at', () => {
    expect(BUNDLED.filter((name) => !(name in manifest.devDependencies))).toEqual([]);
    expect(shipped.size).toBeGreaterThan(BUNDLED.length + 2);
  });

  test('every package that the sources import is among the shipped ones', () => {
    const imported = new Set(
      ['src-shared', 'src-main', 'src-renderer'].flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(ts|vue|css)$/.test(file))
          .flatMap((file) => importedPackages(readFileSync(join(ROOT, folder, file), 'utf8'))),
      ),
    );
    const known = [...BUNDLED, ...Object.keys(manifest.dependencies), 'electron'];
    expect([...imported].filter((name) => !known.includes(name))).toEqual([]);
    expect(imported.size).toBeGreaterThan(3);
  });

  test('the notices hold the text of each licence', () => {
    const text = noticesText();
    for (const name of [...BUNDLED, ...Object.keys(manifest.dependencies)]) {
      const section = text.split(/\n-{78}\n/).find((part) => part.trim().startsWith(`${name} `));
      expect(section?.length ?? 0, name).toBeGreaterThan(500);
    }
  });

  test('are all on the list', () => {
    const others = [...shipped]
      .filter(([, { license = '' }]) => !ALLOWED.includes(license))
      .map(([place, { license = 'none' }]) => `${place}: ${license}`);
    expect(others).toEqual([]);
  });
});

/** Names of the packages in import and @import statements; Node's own and relative ones left out. */
function importedPackages(source: string): string[] {
  const statements = source.matchAll(
    /(?:from|import|@import|import\(|require\()\s*'((?:@[^/']+\/)?[a-z][^/':]*)[^':]*'/g,
  );
  return [...statements].map(([, name = '']) => name);
}
