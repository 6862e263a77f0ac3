import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERBS } from '../../../src-main/cli/verbs';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');

function makeImage(name = 'disk.vhd'): string {
  return buildVhd({ type: 'fixed', sizeBytes: 1024 * 1024 }).writeTo(path.join(makeFolder(), name));
}

describe('help and version', () => {
  it('lists every verb', async () => {
    const { exitCode, stdout, stderr } = await runCli(['--help']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    for (const { name } of VERBS) expect(stdout).toContain(`  ${name} `);
  });

  it('calls a bare platter wrong usage, and still shows what there is', async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('platter VERB');
  });

  for (const { name } of VERBS) {
    it(`shows the options and an example of ${name}, whatever else is given`, async () => {
      const { exitCode, stdout } = await runCli([name, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`^platter ${name}`));
      expect(stdout).toContain('Example');
      expect(stdout).toMatch(new RegExp(`^  platter ${name}( |$)`, 'm'));
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
      const same = await runCli(['help', name]);
      expect(same.stdout).toBe(stdout);
    });
  }

  it('says its version as text and as JSON', async () => {
    const { version } = JSON.parse(
      fs.readFileSync(path.join(import.meta.dirname, '../../../package.json'), 'utf8'),
    ) as { version: string };
    expect((await runCli(['--version'])).stdout).toBe(`platter ${version}\n`);
    expect((await runCli(['--version', '--json'])).json()).toMatchObject({ name: 'platter', version });
  });
});

describe('wrong usage', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown verb', ['inof', 'x'], /Did you mean "info"\?/],
    ['an unknown option', ['info', 'x', '--jsno'], /no option --jsno\. Did you mean --json\?/],
    ['an unknown short option', ['info', 'x', '-z'], /no option -z/],
    ['an option before the verb', ['--progress', 'info', 'x'], /verb comes first/],
    ['a missing file', ['info'], /needs FILE/],
    ['a standard stream where a file is needed', ['info', '-'], /not a standard stream/],
    ['an empty name', ['info', ''], /empty name/],
    ['one file too many', ['info', 'a', 'b'], /"b" is one too many/],
    ['an option without its value', ['plan', '--size', '--'], /--size needs a value: --size SIZE/],
    [
      'an option whose value is the next option',
      ['plan', '--size', '--type', 'fixed'],
      /--size needs a value/,
    ],
    ['an option given twice', ['plan', '--size', '1M', '--size', '2M'], /--size is given twice/],
    ['a flag with a value', ['info', 'x', '--help=yes'], /--help takes no value/],
    ['a value that is none of the choices', ['plan', '--type', 'dinamic'], /Did you mean dynamic\?/],
    ['a progress that does not exist', ['info', 'x', '--progress', 'loud'], /auto, none or json/],
    ['a missing option', ['plan', '--size', '1M'], /needs --type/],
  ];
  for (const [what, argv, message] of cases) {
    it(`refuses ${what} with exit 2, as text and as JSON`, async () => {
      const asText = await runCli(argv);
      expect(asText.exitCode).toBe(2);
      expect(asText.stdout).toBe('');
      expect(asText.stderr.replace(/\s+/g, ' ')).toMatch(message);
      expect(asText.stderr).not.toMatch(/\n\s+at /);
      const asJson = await runCli([argv[0] ?? '', '--json', ...argv.slice(1)]);
      expect(asJson.exitCode).toBe(2);
      expect(asJson.stderr).toBe('');
      const { error } = asJson.json<JsonError>();
      expect(error.code).toBe('usage');
      expect(error.message).toMatch(message);
      expect(error.hint).not.toBe('');
    });
  }

  it('takes a file that begins with a dash behind "--"', async () => {
    const folder = makeFolder();
    buildVhd({ type: 'fixed', sizeBytes: 4096 }).writeTo(path.join(folder, '-odd.vhd'));
    const { exitCode, stdout } = await runCli(['info', '--', path.join(folder, '-odd.vhd')]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('fixed');
  });

  it('refuses a size in plan as create refuses it', async () => {
    for (const argv of [['plan'], ['create', 'never-made.vhd']]) {
      const ran = await runCli([...argv, '--type', 'dynamic', '--size', '3T', '--json']);
      expect(ran.exitCode, argv[0]).toBe(3);
      expect(ran.json<{ error: { code: string } }>().error.code, argv[0]).toBe('size-limit');
    }
  });

  it('takes values with an equals sign and does not touch those that hold one', async () => {
    const { exitCode, stdout } = await runCli(['plan', '--type=fixed', '--size=1M', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'fixed', sizeBytes: 1048576 });
  });
});

describe('sizes', () => {
  it('refuses what is no multiple of 512 with the two nearest sizes that are', async () => {
    const result = await runCli(['geometry', '1000', '--json']);
    expect(result.exitCode).toBe(2);
    const { error } = result.json<JsonError>();
    expect(error.code).toBe('bad-size');
    expect(error.data?.['nearestBytes']).toEqual([512, 1024]);
    expect(error.message).toContain('512 bytes and 1 KiB (1,024 bytes)');
  });

  it('echoes both readings of a decimal unit', async () => {
    const result = await runCli(['geometry', '127GB', '--json']);
    expect(result.json()).toMatchObject({ sizeBytes: 127e9, otherReadingBytes: 127 * 2 ** 30 });
    const note = result.stderr.replace(/\s+/g, ' ');
    expect(note).toContain('127,000,000,000 bytes');
    expect(note).toContain('127 GiB (136,365,211,648 bytes)');
  });

  for (const [text, bytes] of [
    ['1008M', 1008 * 2 ** 20],
    ['1008MiB', 1008 * 2 ** 20],
    ['1.5g', 1.5 * 2 ** 30],
    ['4096', 4096],
    ['4096B', 4096],
    ['266338304s', 266338304 * 512],
    ['0x7F00000000', 0x7f00000000],
  ] as const) {
    it(`reads ${text}`, async () => {
      expect((await runCli(['geometry', text, '--json'])).json()).toMatchObject({ sizeBytes: bytes });
    });
  }

  for (const text of ['', 'x', '1Q', '-5', '1e9', '99999999999999999999']) {
    it(`refuses "${text}" with exit 2`, async () => {
      expect((await runCli(['geometry', '--', text])).exitCode).toBe(2);
    });
  }
});

describe('files that are none', () => {
  const refuse = async (file: string, code: string): Promise<void> => {
    const result = await runCli(['info', file, '--json']);
    expect(result.exitCode).toBe(4);
    expect(result.json<JsonError>().error.code).toBe(code);
    const text = await runCli(['info', file]);
    expect(text.stdout).toBe('');
    expect(text.stderr).not.toMatch(/ENOENT|EISDIR|EACCES|\n\s+at /);
  };

  it('says that a file does not exist', () => refuse(path.join(makeFolder(), 'nix.vhd'), 'file-not-found'));
  it('says that a part of the path is a file', () => refuse(path.join(makeImage(), 'x'), 'file-not-found'));
  it('refuses a folder', () => refuse(makeFolder(), 'not-a-regular-file'));
  it.skipIf(process.platform === 'win32')('refuses a device', () =>
    refuse('/dev/null', 'not-a-regular-file'),
  );
  it.skipIf(process.platform === 'win32')('refuses a pipe without waiting for a writer', async () => {
    const fifo = path.join(makeFolder(), 'pipe.vhd');
    expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
    await refuse(fifo, 'not-a-regular-file');
  });
  // Nothing is denied to root, and Windows has no such modes: the test exists only where it can hold.
  if (process.platform !== 'win32' && process.getuid?.() !== 0) {
    it('says that access is denied', async () => {
      const image = makeImage();
      fs.chmodSync(image, 0);
      await refuse(image, 'permission-denied');
    });
  }
  it('refuses a name with a NUL', () => refuse('a\0b.vhd', 'file-not-found'));
  it('refuses a name that is too long', () =>
    refuse(path.join(makeFolder(), 'x'.repeat(5000)), 'path-too-long'));

  it('says of an empty file what it is, with exit 3', async () => {
    const file = path.join(makeFolder(), 'empty.vhd');
    fs.writeFileSync(file, '');
    const result = await runCli(['info', file, '--json']);
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error).toMatchObject({ code: 'not-a-vhd' });
    expect(result.json<JsonError>().error.message).toContain('an empty file');
  });

  it('says of another format which one it is, with exit 3', async () => {
    const file = path.join(makeFolder(), 'disk.vhd');
    fs.writeFileSync(file, Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(70_000)]));
    const result = await runCli(['info', file]);
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toContain('VHDX');
  });

  for (const name of ['with space.vhd', 'ein 💾 disk.vhd', "it's.vhd", 'Ünïcode.vhd']) {
    it(`opens "${name}"`, async () => {
      const image = makeImage(name);
      const { exitCode, stdout } = await runCli(['info', image, '--json']);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ path: image, type: 'fixed' });
    });
  }

  it.skipIf(process.platform === 'win32')('cannot be made to forge a line by a file name', async () => {
    const image = makeImage('a\nVirtual size  9 TiB\u001b[2J.vhd');
    const { exitCode, stdout } = await runCli(['info', image], { terminal: true });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('a\\nVirtual size  9 TiB\\x1b[2J.vhd');
    expect(stdout).not.toContain('\u001b[2J');
  });
});

describe('streams', () => {
  it('colours only on a terminal, and never with NO_COLOR', async () => {
    const image = makeImage();
    expect((await runCli(['info', image])).stdout).not.toContain('\u001b');
    expect((await runCli(['info', image], { terminal: true })).stdout).toContain('\u001b[1m');
    const plain = await runCli(['info', image], { terminal: true, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
    expect((await runCli(['info', image, '--json'], { terminal: true })).stdout).not.toContain('\u001b');
  });

  it('ends quietly and with its own answer when the reader has gone', async () => {
    const { exitCode, stderr } = await runCli(['info', makeImage()], { readerGone: true });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
  });

  for (const json of [false, true]) {
    it(`fails with exit 4 and says so where its ${json ? 'document' : 'text'} does not arrive, since the disk is full`, async () => {
      const { exitCode, stderr } = await runCli(['info', makeImage(), ...(json ? ['--json'] : [])], {
        stdoutFailure: 'ENOSPC',
      });
      expect(exitCode).toBe(4);
      expect(stderr).toContain('"standard output" cannot grow: the disk is full.');
    });
  }

  it('shows where a failure happened only to those who ask', async () => {
    const file = path.join(makeFolder(), 'nix.vhd');
    expect((await runCli(['info', file])).stderr).not.toMatch(/\n\s+at /);
    expect((await runCli(['info', file], { env: { PLATTER_DEBUG: '1' } })).stderr).toMatch(/\n\s+at /);
  });
});
