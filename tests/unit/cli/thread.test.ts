import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';

const THREAD = path.resolve(import.meta.dirname, '../../../out/main/cli-thread.cjs');
const makeFolder = useTempFolders('each');
const MIB = 1024 * 1024;

/** What the packaged program does: the main thread stands still until the verb has ended. */
const STANDING_STILL = `
  const { Worker } = require('node:worker_threads');
  const ended = new SharedArrayBuffer(8);
  const cells = new Int32Array(ended);
  new Worker(${JSON.stringify(THREAD)}, { workerData: { argv: process.argv.slice(1), ended } });
  Atomics.wait(cells, 0, 0);
  process.exit(cells[1]);
`;
const words = (argv: readonly string[]): string[] => ['-e', STANDING_STILL, '--', ...argv];

// `npm test` builds before it runs this.
describe.skipIf(!fs.existsSync(THREAD))(
  'a verb in a thread of its own, the main thread standing still',
  () => {
    it('prints, and ends with its exit code', () => {
      const cli = (...argv: string[]) => spawnSync(process.execPath, words(argv), { encoding: 'utf8' });
      const image = buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(
        path.join(makeFolder(), 'd.vhd'),
      );
      const info = cli('info', image, '--json');
      expect(info).toMatchObject({ status: 0, stderr: '' });
      expect(JSON.parse(info.stdout)).toMatchObject({ type: 'dynamic', virtualSizeBytes: 4 * MIB });
      expect(cli('nonsense')).toMatchObject({ status: 2, stdout: '' });
      const absent = cli('info', path.join(makeFolder(), 'nix.vhd'));
      expect(absent).toMatchObject({ status: 4, stdout: '' });
      expect(absent.stderr).toContain('No such file');
    });

    it('reads standard input from a pipe and from a file, and writes bytes to a pipe', () => {
      const folder = makeFolder();
      const bytes = Buffer.alloc(5 * MIB, 'platter ');
      const image = path.join(folder, 'd.vhd');
      const made = spawnSync(process.execPath, words(['convert', '-', image, '--from', 'raw', '--to', 'dynamic']), {
      input: bytes,
      encoding: 'utf8',
    }); // prettier-ignore
      expect(made.stderr).toBe('');
      expect(made.status).toBe(0);
      const raw = path.join(folder, 'in.raw');
      fs.writeFileSync(raw, bytes);
      const again = spawnSync(
        process.execPath,
        words(['convert', '-', `${image}.2`, '--from', 'raw', '--to', 'dynamic']),
        {
          stdio: [fs.openSync(raw, 'r'), 'pipe', 'pipe'],
        },
      );
      expect(again.status).toBe(0);
      for (const file of [image, `${image}.2`]) {
        const back = spawnSync(process.execPath, words(['convert', file, '-', '--to', 'raw']), {
          maxBuffer: 16 * MIB,
        });
        expect(back.status).toBe(0);
        expect(back.stdout.subarray(0, bytes.length).equals(bytes)).toBe(true);
      }
    });

    // Windows has no SIGINT that one process could send another.
    it.skipIf(process.platform === 'win32')(
      'is cancelled by SIGINT: exit 130, and nothing is left behind',
      async () => {
        const folder = makeFolder();
        const child = spawn(
          process.execPath,
          words(['convert', '-', path.join(folder, 'x.vhd'), '--to', 'fixed']),
        );
        let stderr = '';
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        const end = new Promise<number | null>((resolve) => child.once('close', resolve));
        // The rest of the input meets a closed pipe.
        child.stdin.on('error', () => undefined);
        child.stdin.write(Buffer.alloc(MIB, 1));
        while (fs.readdirSync(folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        child.kill('SIGINT');
        expect(await end).toBe(130);
        expect(stderr).toContain('Cancelled');
        expect(fs.readdirSync(folder)).toEqual([]);
      },
    );

    it('survives a reader that goes away, without a stack trace', async () => {
      const raw = path.join(makeFolder(), 'big.raw');
      fs.writeFileSync(raw, Buffer.alloc(8 * MIB, 7));
      const child = spawn(process.execPath, words(['convert', raw, '-', '--from', 'raw']));
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const end = new Promise<number | null>((resolve) => child.once('close', resolve));
      child.stdout.once('data', () => child.stdout.destroy());
      expect(await end).toBe(4);
      expect(stderr).toBe('');
    });
  },
);
