import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

// Unpacked into a folder of its own, without its two native packages: they are optional, and npm brings them.
describe.skipIf(process.platform === 'win32')('the package for npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'platter-npm-'));
  const unpacked = join(folder, 'package');
  let bin = '';

  beforeAll(async () => {
    // Not prepack: the program is built already.
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none';
    await run('tar', ['-xzf', join(folder, archive), '-C', folder]);
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as {
      bin: { platter: string };
    };
    bin = join(unpacked, manifest.bin.platter);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds the built program and no sources, tests or Electron', () => {
    expect(readdirSync(unpacked).sort()).toEqual(['LICENSE', 'README.md', 'out', 'package.json']);
    expect(readdirSync(join(unpacked, 'out')).sort()).toEqual(['main', 'renderer']);
    expect(statSync(bin).mode & 0o111).toBe(0o111);
  });

  test('carries the command line, which needs no Electron', async () => {
    const image = join(folder, 'made.vhd');
    await run(bin, ['create', image, '--type', 'dynamic', '--size', '4MiB']);
    const { stdout } = await run(bin, ['info', image, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'dynamic', virtualSizeBytes: 4 * 2 ** 20 });
  });

  test('carries the browser door with its page', async () => {
    const args = ['serve', '--no-open', '--root', folder];
    const child = spawn(bin, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PLATTER_DATA_DIR: folder },
    });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        child.once('exit', (code) => reject(new Error(`it ended (exit ${code})`)));
        createInterface({ input: child.stdout }).on('line', (line) => {
          const found = /http:\/\/\S+/.exec(line)?.[0];
          if (found !== undefined) resolve(found);
        });
      });
      const signedIn = await fetch(url, { redirect: 'manual' });
      const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
      const page = await fetch(new URL('/', url), { headers: { cookie } });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('id="app"');
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
  });
});
