import { execFile, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findElectron, needsPreamble } from '../../build/scripts/electron.mjs';
import { buildPackages, PACKAGE_KINDS, whyNotBuilt } from './build-packages';
import { startProgram } from './packaged-program';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

const runtime = findElectron();
const hasDisplay = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
const possible = process.platform === 'linux' && runtime !== undefined && hasDisplay;

describe.skipIf(!possible)('the packaged Linux program (needs Electron and a display)', () => {
  let folder = '';
  let program = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'platter-package-'));
    await buildPackages(folder);
    // What people download is the archive: that is what gets unpacked, started and looked at.
    const archive = (await readdir(folder)).find((name) => name.endsWith('.tar.gz'));
    if (archive === undefined) throw new Error('no archive was made');
    await mkdir(join(folder, 'unpacked'));
    await run('tar', ['-xzf', join(folder, archive), '-C', join(folder, 'unpacked')]);
    program = join(folder, 'unpacked', archive.replace(/\.tar\.gz$/, ''));
  }, 600_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('has its fuses as electron-builder.yml sets them', async () => {
    const reader = join(ROOT, 'node_modules', '@electron', 'fuses', 'dist', 'bin.js');
    const { stdout } = await run(process.execPath, [reader, 'read', '--app', join(program, 'platter')]);
    const found: Record<string, boolean> = Object.fromEntries(
      [...stdout.matchAll(/^\s*(\w+) is (Enabled|Disabled)/gm)].map(([, name = '', state]) => [
        name,
        state === 'Enabled',
      ]),
    );
    const wanted = readWantedFuses();
    if (runtime !== undefined && needsPreamble(runtime)) delete wanted['GrantFileProtocolExtraPrivileges'];
    expect(Object.keys(wanted).length).toBeGreaterThan(6);
    expect(found).toMatchObject(wanted);
  });

  test('carries the product, its two native packages and the notices, and nothing else of this repository', async () => {
    const { stdout } = await asar('list', join(program, 'resources', 'app.asar'));
    const files = stdout.trim().split('\n');
    const folders = new Set(files.map((file) => file.split('/')[1] ?? ''));
    folders.delete('tests');
    expect([...folders].sort()).toEqual(['node_modules', 'out', 'package.json']);
    for (const file of [
      'main/index.cjs',
      'main/worker.cjs',
      'main/cli.cjs',
      'preload/preload.cjs',
      'renderer/index.html',
    ]) {
      expect(files).toContain(`/out/${file}`);
    }
    expect(files.some((file) => file.endsWith('.map'))).toBe(false);
    expect(existsSync(join(program, 'resources', 'default_app.asar'))).toBe(false);
    const notices = readFileSync(join(program, 'resources', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['vue ', 'koffi ', 'fs-native-extensions ', 'reka-ui ', 'valibot ']) {
      expect(notices).toContain(`\n${name}`);
    }
  });

  test('has every package that its native packages ask for', async () => {
    const content = join(folder, 'archive');
    await asar('extract', join(program, 'resources', 'app.asar'), content);
    const { stdout: loaded } = await run(process.execPath, [
      '-e',
      'const { createRequire } = require("node:module");' +
        'for (const name of ["koffi", "fs-native-extensions"]) {' +
        '  const from = createRequire(process.argv[1] + "/package.json");' +
        '  console.log(name, typeof from(name));' +
        '}',
      content,
    ]);
    expect(loaded.trim().split('\n')).toEqual(['koffi object', 'fs-native-extensions object']);
  });

  test('starts, shows its page, and gives the page no Node', async () => {
    const running = await startProgram(join(program, 'platter'));
    try {
      expect(running.address).toMatch(/^app:\/\//);
      await running.page.waitFor("document.querySelector('#app')?.childElementCount > 0");
      expect(await running.page.evaluate('typeof require + typeof process + typeof module')).toBe(
        'undefined'.repeat(3),
      );
      expect(await running.page.evaluate<string>('document.body.innerText')).not.toBe('');
      const results = join(ROOT, 'test-results', 'package');
      await mkdir(results, { recursive: true });
      const picture = await running.page.screenshot();
      expect(picture.length).toBeGreaterThan(5_000);
      await writeFile(join(results, 'window.png'), picture);
    } finally {
      await running.stop();
    }
  });

  describe('its command line', () => {
    /** As on a server: nothing to show a window on. */
    const withoutDisplay = (): NodeJS.ProcessEnv => {
      const env = { ...process.env };
      delete env['DISPLAY'];
      delete env['WAYLAND_DISPLAY'];
      return env;
    };
    const launcher = (): string => join(program, 'bin', 'platter');
    const verb = (...args: string[]) =>
      run(launcher(), args, { timeout: 30_000, env: withoutDisplay(), maxBuffer: 64 * 1024 * 1024 });

    test('needs no display, says nothing but its own, and gives its exit code', async () => {
      const image = join(folder, 'by verb.vhd');
      // An option that Chromium would take for its own.
      await verb('create', image, '--type=dynamic', '--size', '63MiB');
      const { stdout, stderr } = await verb('info', image, '--json');
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({ type: 'dynamic', virtualSizeBytes: 63 * 2 ** 20 });
      await expect(verb('info', join(folder, 'absent.vhd'))).rejects.toMatchObject({ code: 4, stdout: '' });
      await expect(verb('nonsense')).rejects.toMatchObject({ code: 2, stdout: '' });
      // Without the launcher, by the program itself.
      const own = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      const direct = await run(join(program, 'platter'), ['info', image, '--json', ...own], {
        timeout: 30_000,
        env: withoutDisplay(),
      });
      expect(direct.stdout).toBe(stdout);
    });

    test('reads standard input and writes to a pipe', async () => {
      const raw = join(folder, 'in.raw');
      const image = join(folder, 'streamed.vhd');
      const bytes = Buffer.alloc(8 * 2 ** 20, 'streamed through the package ');
      await writeFile(raw, bytes);
      const child = spawn(launcher(), ['convert', '-', image, '--from', 'raw', '--to', 'fixed'], {
        stdio: [openSync(raw, 'r'), 'ignore', 'pipe'],
        env: withoutDisplay(),
      });
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
      const out = spawn(launcher(), ['convert', image, '-', '--to', 'raw'], { env: withoutDisplay() });
      const pieces: Buffer[] = [];
      out.stdout.on('data', (piece: Buffer) => pieces.push(piece));
      expect(await new Promise((resolve) => out.once('close', resolve))).toBe(0);
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    });

    test('is cancelled by SIGINT: exit 130, and nothing is left behind', async () => {
      const place = join(folder, 'cancelled');
      await mkdir(place);
      const child = spawn(launcher(), ['convert', '-', join(place, 'x.vhd'), '--to', 'fixed'], {
        stdio: ['pipe', 'ignore', 'ignore'],
        env: withoutDisplay(),
      });
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin.on('error', () => undefined);
      child.stdin.write(Buffer.alloc(2 ** 20, 1));
      await expect.poll(() => readdir(place), { timeout: 20_000 }).toHaveLength(1);
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(await readdir(place)).toEqual([]);
    });
  });

  describe.each(PACKAGE_KINDS)('as $name', (kind) => {
    const reason = whyNotBuilt(kind);
    test.skipIf(reason !== undefined)(
      `is built, unpacked and started${reason === undefined ? '' : ` (${reason})`}`,
      async () => {
        const place = join(folder, `from-${kind.name}`);
        await mkdir(place);
        const file = (await readdir(folder)).find((name) => name.endsWith(kind.suffix));
        if (file === undefined) throw new Error(`no ${kind.name} was made`);
        const unpacked = await kind.unpack(join(folder, file), place);
        const desktop = readFileSync(join(unpacked.desktopFolder, 'platter.desktop'), 'utf8');
        expect(desktop).toContain('MimeType=application/x-vhd-disk');
        expect(desktop).not.toContain('--no-sandbox');
        if (kind.isInstalled) {
          for (const task of ['create', 'open', 'guide'])
            expect(desktop).toMatch(
              new RegExp(`\\[Desktop Action ${task}\\][^[]*Exec=/opt/Platter/platter --task=${task}\\n`),
            );
          expect(readFileSync(join(place, 'usr/share/mime/packages/platter.xml'), 'utf8')).toContain(
            '*.avhd',
          );
          expect(existsSync(join(place, 'usr/share/icons/hicolor/256x256/apps/platter.png'))).toBe(true);
          const { stdout } = await run(join(place, 'opt/Platter/bin/platter'), ['--version']);
          expect(stdout).toMatch(/^platter \d+\.\d+\.\d+\n$/);
        }
        const running = await startProgram(unpacked.program);
        try {
          await running.page.waitFor("document.querySelector('#app')?.childElementCount > 0");
        } finally {
          await running.stop();
        }
      },
      90_000,
    );
  });

  test('opens the image it is started with', async () => {
    const image = join(folder, 'given on the command line.vhd');
    const cli = join(ROOT, 'out', 'main', 'cli.cjs');
    await run(process.execPath, [cli, 'create', image, '--type', 'dynamic', '--size', '40MiB']);
    const running = await startProgram(join(program, 'platter'), [image]);
    try {
      await running.page.waitFor("document.body?.innerText.includes('given on the command line.vhd')");
    } finally {
      await running.stop();
    }
  });
});

/** The fuses of electron-builder.yml under the names that the reader prints. */
function readWantedFuses(): Record<string, boolean> {
  const text = readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8');
  const section = /^electronFuses:\n((?: {2}\w+: \w+\n)+)/m.exec(text)?.[1] ?? '';
  return Object.fromEntries(
    [...section.matchAll(/^ {2}(\w)(\w+): (true|false)$/gm)].map(([, first = '', rest = '', value]) => [
      first.toUpperCase() + rest,
      value === 'true',
    ]),
  );
}

/** Electron's archive tool, which comes with electron-builder. */
function asar(...args: string[]): Promise<{ stdout: string }> {
  const script = join(ROOT, 'node_modules', '@electron', 'asar', 'bin', 'asar.js');
  return run(process.execPath, [script, ...args], { maxBuffer: 16 * 1024 * 1024 });
}
