import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OperationResult } from '../../../src-shared/model';
import { useTempFolders } from '../../support/temp';
import { patternBlock } from '../../support/vhd-builder';
import { runCli, type CliOptions, type CliResult, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
const MIB = 1024 * 1024;
let folder = '';
const at = (name: string): string => path.join(folder, name);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
const write = (argv: readonly string[], options?: CliOptions): Promise<CliResult> =>
  runCli(['write', at('d.vhd'), ...argv], options);

beforeEach(async () => {
  folder = makeFolder();
  vi.stubEnv('PLATTER_UNDO_DIR', path.join(makeFolder('undo'), 'undo'));
  await runCli(['create', at('d.vhd'), '--type', 'dynamic', '--size', '20M']);
  fs.writeFileSync(at('old.bin'), patternBlock(3, 20 * MIB));
  expect((await write(['--offset', '0', '-i', at('old.bin'), '--no-undo'])).exitCode).toBe(0);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a pipe that is longer than the rest of the disk', () => {
  const stdin = Buffer.alloc(25 * MIB);

  it('leaves the image as it was and says so, with exit 3', async () => {
    const before = fs.readFileSync(at('d.vhd'));
    const result = await write(['--offset', '100'], { stdin });
    expect(result.exitCode).toBe(3);
    expect(oneLine(result.stderr)).toContain('the image is as it was, byte for byte');
    expect(oneLine(result.stderr)).toContain('20 MiB - 100 bytes (20,971,420 bytes) fit');
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
    expect((await runCli(['undo', '--list', at('d.vhd'), '--json'])).json()).toEqual({ journals: [] });
  });

  it('with --no-undo says which bytes are new', async () => {
    const result = await write(['--offset', '100', '--no-undo', '--json'], { stdin });
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error).toMatchObject({
      code: 'input-too-long',
      unchanged: 'Bytes 100 to 16,777,215 are new, everything else is as it was.',
      data: { writtenBytes: 16 * MIB - 100 },
    });
    const { bytes, exitCode } = await runCli(['read', at('d.vhd')]);
    expect(exitCode).toBe(0);
    const expected = patternBlock(3, 20 * MIB).fill(0, 100, 16 * MIB);
    expect(Buffer.compare(bytes, expected)).toBe(0);
  });

  it('that is a file of known length is refused as before, with exit 2 and what fits', async () => {
    const before = fs.readFileSync(at('d.vhd'));
    const result = await write(['--offset', '100', '-i', at('old.bin')]);
    expect(result.exitCode).toBe(2);
    expect(oneLine(result.stderr)).toContain('20 MiB (20,971,520 bytes) at byte 100 do not fit');
    expect(oneLine(result.stderr)).toContain('All of it fits up to --offset 0.');
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });
});

describe('an image as the input of itself', () => {
  it.each(['d.vhd', 'hard.vhd', 'soft.vhd'])('is refused by the name %s', async (name) => {
    fs.linkSync(at('d.vhd'), at('hard.vhd'));
    fs.symlinkSync(at('d.vhd'), at('soft.vhd'));
    const before = fs.readFileSync(at('d.vhd'));
    const result = await write(['--offset', '512', '-i', at(name), '--json']);
    expect(result.exitCode).toBe(2);
    expect(result.json<JsonError>().error.code).toBe('target-is-source');
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });

  it('is refused as standard input, too', async () => {
    const fd = fs.openSync(at('d.vhd'), 'r');
    try {
      const result = await write(['--offset', '512', '--json'], { stdin: 'never read', stdinFd: fd });
      expect(result.exitCode).toBe(2);
      expect(result.json<JsonError>().error.code).toBe('target-is-source');
    } finally {
      fs.closeSync(fd);
    }
  });

  it('is refused for its child', async () => {
    await runCli(['snapshot', at('d.vhd'), at('child.vhd')]);
    const result = await runCli(['write', at('child.vhd'), '--offset', '0', '-i', at('d.vhd'), '--json']);
    expect(result.exitCode).toBe(2);
    expect(result.json<JsonError>().error.code).toBe('target-is-source');
  });
});

describe('what was written', () => {
  it('is told in units both ways, and is taken back with the command that is named', async () => {
    const before = fs.readFileSync(at('d.vhd'));
    const argv = ['--offset', '0x100000'];
    const text = await write(argv, { stdin: Buffer.alloc(2 * MIB, 1) });
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toContain('Wrote 2 MiB (2,097,152 bytes) from byte 1,048,576 on.');
    expect(text.stdout).toMatch(/Undo\s+platter undo .*platter-undo/);
    expect((await runCli(['undo', at('d.vhd')])).exitCode).toBe(0);
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);

    const made = (await write([...argv, '--json'], { stdin: 'x' })).json<OperationResult>();
    expect(fs.existsSync(made.journal ?? '')).toBe(true);
    expect((await runCli(['undo', made.journal ?? ''])).exitCode).toBe(0);
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
  });

  it('cannot be taken back with --no-undo', async () => {
    const made = await write(['--offset', '0', '--no-undo', '--json'], { stdin: 'x' });
    expect(made.json<OperationResult>().journal).toBeNull();
    expect((await runCli(['undo', at('d.vhd')])).exitCode).toBe(3);
  });

  it('is nothing where the input is empty: no warning and no journal', async () => {
    await runCli(['snapshot', at('d.vhd'), at('child.vhd')]);
    const before = fs.readFileSync(at('d.vhd'));
    const argv = ['--offset', '0', '--break-children'];
    const result = await write(argv, { stdin: '' });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('The input was empty; nothing was written.');
    expect(result.stderr).toBe('');
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
    expect(oneLine((await write(argv, { stdin: 'x' })).stderr)).toContain('shows other content now');
  });
});

describe('a cancelled write', () => {
  const cancelledInTheMiddle = (): CliOptions => {
    const controller = new AbortController();
    async function* stdin(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(9 * MIB, 1);
      // its first 8 MiB are on their way into the image by now
      await new Promise((resolve) => setTimeout(resolve, 300));
      controller.abort();
      yield Buffer.alloc(MIB, 1);
    }
    return { stdinPieces: stdin(), signal: controller.signal };
  };

  it('leaves the image as it was', async () => {
    const before = fs.readFileSync(at('d.vhd'));
    const result = await write(['--offset', '0'], cancelledInTheMiddle());
    expect(result.exitCode).toBe(130);
    expect(oneLine(result.stderr)).toContain('byte for byte');
    expect(fs.readFileSync(at('d.vhd')).equals(before)).toBe(true);
    expect(fs.readdirSync(folder).sort()).toEqual(['d.vhd', 'old.bin']);
  });

  it('with --no-undo names what is new, and does not say that nothing is half-written', async () => {
    const result = await write(['--offset', '0', '--no-undo'], cancelledInTheMiddle());
    expect(result.exitCode).toBe(130);
    expect(oneLine(result.stderr)).toContain('Bytes 0 to 8,388,607 are new, everything else is as it was.');
    expect(oneLine(result.stderr)).toContain('--offset 8388608');
    expect(result.stderr).not.toContain('half-written');
  });
});

it('says of a negative offset that a disk begins at byte 0', async () => {
  for (const argv of [['--offset', '-5'], ['--offset=-1M']]) {
    const result = await write(argv, { stdin: 'x' });
    expect(result.exitCode).toBe(2);
    expect(oneLine(result.stderr)).toContain('nothing before byte 0');
    expect(result.stderr).not.toContain('127GB');
  }
});
