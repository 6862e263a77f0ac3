import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
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

  it.skipIf(process.platform === 'win32')('hears a signal that comes before it is whole', () => {
    const folder = makeFolder();
    const image = buildVhd({ type: 'dynamic', sizeBytes: 64 * MIB, blocks: [{ index: 1, data: 1 }] });
    const hook = path.join(folder, 'hook.cjs');
    fs.writeFileSync(
      hook,
      `const fs = require('node:fs'); const { readFileSync } = fs;
       fs.readFileSync = (file, ...rest) => {
         if (String(file).endsWith('cli-main.cjs')) process.kill(process.pid, 'SIGINT');
         return readFileSync(file, ...rest);
       };`,
    );
    const argv = ['-r', hook, CLI, 'hash', image.writeTo(path.join(folder, 'd.vhd'))];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect(status).toBe(130);
    expect(stderr).toContain('Cancelled');
  });

  /** The program's own modules and everything that came by `require`, in one run. */
  function modulesOf(argv: readonly string[], program = CLI): { own: string[]; others: string[] } {
    const hook = path.join(makeFolder(), 'hook.cjs');
    fs.writeFileSync(
      hook,
      `const vm = require('node:vm'); const own = [];
       const { Script } = vm;
       vm.Script = class extends Script { constructor(code, options) { super(code, options); own.push(options.filename); } };
       process.on('exit', () => require('node:fs').writeSync(2, JSON.stringify({ own, others: Object.keys(require.cache) })));`,
    );
    const run = spawnSync(process.execPath, ['-r', hook, program, ...argv], { encoding: 'utf8' });
    expect(run.status).toBe(0);
    return JSON.parse(run.stderr) as { own: string[]; others: string[] };
  }

  it('loads no Electron, no native helper and no worker to look at an image, and few files at all', () => {
    const image = buildVhd({ type: 'fixed', sizeBytes: MIB }).writeTo(path.join(makeFolder(), 'f.vhd'));
    const { own, others } = modulesOf(['info', image]);
    expect(others.filter((file) => path.basename(file) !== 'hook.cjs')).toEqual([CLI]);
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThanOrEqual(6);
    expect(own.filter((file) => /node_modules|worker|electron/.test(path.relative(CLI, file)))).toEqual([]);
  });

  describe('V8 code cache', () => {
    const cacheFolder = `${process.versions.v8}-${process.platform}-${process.arch}`;
    const copyOfProgram = (): string => {
      const folder = path.join(makeFolder(), 'out', 'main');
      fs.cpSync(path.dirname(CLI), folder, { recursive: true });
      return folder;
    };
    const answers = (folder: string): void => {
      const program = path.join(folder, 'cli.cjs');
      const run = spawnSync(process.execPath, [program, 'geometry', '40G', '--json'], { encoding: 'utf8' });
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(JSON.parse(run.stdout)).toMatchObject({ sizeBytes: 40 * 1024 * MIB });
    };

    it('is there for the Node that built the program, and V8 takes it', () => {
      const folder = path.join(path.dirname(CLI), 'code-cache', cacheFolder);
      const cached = fs.readdirSync(folder);
      expect(cached.some((name) => name.startsWith('core-'))).toBe(true);
      for (const name of cached) {
        const source = fs.readFileSync(path.join(path.dirname(CLI), name.replace(/\.bin$/, '')), 'utf8');
        const wrapped = `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
        const cachedData = fs.readFileSync(path.join(folder, name));
        expect([name, new vm.Script(wrapped, { cachedData }).cachedDataRejected]).toEqual([name, false]);
      }
    });

    it('is not needed', () => {
      const folder = copyOfProgram();
      fs.rmSync(path.join(folder, 'code-cache'), { recursive: true });
      answers(folder);
    });

    it('does no harm where it is damaged or another V8 wrote it', () => {
      const folder = copyOfProgram();
      const caches = path.join(folder, 'code-cache', cacheFolder);
      for (const name of fs.readdirSync(caches)) fs.writeFileSync(path.join(caches, name), 'nonsense');
      answers(folder);
      for (const name of fs.readdirSync(caches)) fs.writeFileSync(path.join(caches, name), '');
      answers(folder);
    });
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
