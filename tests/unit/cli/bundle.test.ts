import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';

const CLI = path.resolve(import.meta.dirname, '../../../out/main/cli.cjs');
const makeFolder = useTempFolders('each');
const MIB = 1024 * 1024;

function cli(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [CLI, ...argv], { encoding: 'utf8' });
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

function ended(child: ReturnType<typeof spawn>): Promise<Ended> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

// `npm test` builds before it runs this.
describe.skipIf(!fs.existsSync(CLI))('the built command line', () => {
  it('answers, and gives its exit code to the shell', () => {
    const { version } = JSON.parse(fs.readFileSync(path.resolve(CLI, '../../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(cli('--version')).toMatchObject({ status: 0, stdout: `platter ${version}\n`, stderr: '' });
    expect(cli('nonsense')).toMatchObject({ status: 2, stdout: '' });
    expect(cli('info', path.join(makeFolder(), 'nix.vhd'))).toMatchObject({ status: 4, stdout: '' });
    const image = buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(path.join(makeFolder(), 'd.vhd'));
    const info = cli('info', image, '--json');
    expect(info.status).toBe(0);
    expect(JSON.parse(info.stdout)).toMatchObject({ type: 'dynamic', virtualSizeBytes: 4 * MIB });
  });

  it('gives a document of many megabytes to a pipe, whole', () => {
    const image = buildVhd({
      type: 'dynamic',
      sizeBytes: 64 * MIB,
      blockSizeBytes: 512,
      blocks: [{ index: 1, data: 1 }],
    }).writeTo(path.join(makeFolder(), 'd.vhd'));
    const { stdout, status } = spawnSync(process.execPath, [CLI, 'hash', image, '--per-block', '--json'], {
      encoding: 'utf8',
      maxBuffer: 64 * MIB,
    });
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as { blocks: string[] }).blocks).toHaveLength((64 * MIB) / 512);
  });

  it('loads no Electron, no native helper and no worker to look at an image', () => {
    const image = buildVhd({ type: 'fixed', sizeBytes: MIB }).writeTo(path.join(makeFolder(), 'f.vhd'));
    const hook = path.join(makeFolder(), 'hook.cjs');
    fs.writeFileSync(
      hook,
      "process.on('exit', () => process.stderr.write(Object.keys(require.cache).join('\\n')));",
    );
    const run = spawnSync(process.execPath, ['-r', hook, CLI, 'info', image], { encoding: 'utf8' });
    expect(run.status).toBe(0);
    const loaded = run.stderr.split('\n');
    expect(loaded).toContain(CLI);
    expect(loaded.filter((file) => /node_modules|worker|electron/.test(path.relative(CLI, file)))).toEqual(
      [],
    );
  });

  // Windows has no SIGINT that one process could send another.
  it.skipIf(process.platform === 'win32')(
    'is cancelled by SIGINT: exit 130, and nothing is left behind',
    async () => {
      const folder = makeFolder();
      const target = path.join(folder, 'x.vhd');
      const child = spawn(process.execPath, [CLI, 'convert', '-', target, '--to', 'fixed']);
      const end = ended(child);
      // The rest of the input meets a closed pipe.
      child.stdin.on('error', () => undefined);
      child.stdin.write(Buffer.alloc(MIB, 1));
      await waitUntil(() => fs.readdirSync(folder).length > 0);
      child.kill('SIGINT');
      const { code, stderr } = await end;
      expect(code).toBe(130);
      expect(stderr).toContain('Cancelled');
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(fs.readdirSync(folder)).toEqual([]);
    },
  );

  it('survives a reader that goes away, without a stack trace', async () => {
    const raw = path.join(makeFolder(), 'big.raw');
    fs.writeFileSync(raw, Buffer.alloc(8 * MIB, 7));
    const child = spawn(process.execPath, [CLI, 'convert', raw, '-', '--from', 'raw']);
    const end = ended(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await end).toEqual({ code: 4, stderr: '' });
  });

  it.skipIf(process.platform === 'win32')(
    'opens the browser door with a token, and closes it on SIGINT',
    async () => {
      const child = spawn(process.execPath, [CLI, 'serve', '--no-open', '--json', '--root', makeFolder()]);
      const end = ended(child);
      const first = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve));
      const { url } = JSON.parse(first.toString()) as { url: string };
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
      child.kill('SIGINT');
      expect((await end).code).toBe(0);
    },
  );
});
