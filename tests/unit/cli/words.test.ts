import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERBS } from '../../../src-main/cli/verbs';
import { WORDS } from '../../../src-main/cli/words';
import { OutputFile } from '../../../src-main/engine';
import { nativeFs } from '../../../src-main/engine/io/native';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
const MIB = 1024 * 1024;
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

const fixedIn = (folder: string, name = 'disk.vhd', sizeBytes = MIB): string =>
  buildVhd({ type: 'fixed', sizeBytes }).writeTo(path.join(folder, name));

describe('words', () => {
  it('are explained in one place, as text and as JSON', async () => {
    const { exitCode, stdout } = await runCli(['help', 'words']);
    expect(exitCode).toBe(0);
    for (const word of ['BAT', 'CHS', 'locator', 'sector bitmap']) expect(stdout).toContain(`  ${word} `);
    expect((await runCli(['help', 'words', '--json'])).json()).toEqual({ words: WORDS });
    expect((await runCli(['--help'])).stdout).toContain('platter help words');
  });

  it('are explained below the help of the verbs that use them, and each of those exists', async () => {
    expect((await runCli(['info', '--help'])).stdout).toMatch(/\n {2}CHS +Cylinders/);
    for (const { load } of VERBS) {
      for (const word of (await load()).verb.spec.words ?? []) expect(WORDS).toHaveProperty([word]);
    }
  });
});

describe('a target that cannot be', () => {
  const create = (target: string, ...more: string[]) =>
    runCli(['create', target, '--type', 'fixed', '--size', '3M', '--json', ...more]);

  it('says that a folder is missing, and not that it is read-only', async () => {
    const result = await create(path.join(makeFolder(), 'missing', 'x.vhd'));
    expect(result.exitCode).toBe(4);
    expect(result.json<JsonError>().error).toMatchObject({ code: 'file-not-found' });
    expect(result.json<JsonError>().error.hint).toContain('Make the folder first');
  });

  it('says that a part of the path is a file', async () => {
    const result = await create(path.join(fixedIn(makeFolder()), 'x.vhd'));
    expect(result.exitCode).toBe(4);
    expect(result.json<JsonError>().error.message).toContain('is not a folder');
  });

  for (const [what, makeTarget] of [
    ['a folder', (folder: string) => folder],
    ['a device or pipe', () => '/dev/null'],
    [
      'a symbolic link',
      (folder: string) => {
        fs.symlinkSync(fixedIn(folder), path.join(folder, 'link.vhd'));
        return path.join(folder, 'link.vhd');
      },
    ],
    [
      'a symbolic link',
      (folder: string) => {
        fs.symlinkSync('nowhere', path.join(folder, 'dangling.vhd'));
        return path.join(folder, 'dangling.vhd');
      },
    ],
  ] as const) {
    it.skipIf(process.platform === 'win32')(
      `calls ${what} what it is, with --force and without, and does not advise --force`,
      async () => {
        const target = makeTarget(makeFolder());
        for (const force of [[], ['--force']]) {
          const result = await create(target, ...force);
          expect(result.exitCode).toBe(4);
          const { error } = result.json<JsonError>();
          expect(error).toMatchObject({ code: 'not-a-regular-file' });
          expect(error.message).toContain(what);
          expect(error.hint).not.toMatch(/replace it on purpose/);
        }
      },
    );
  }

  it('says afterwards that a file was replaced, not beforehand that it will be', async () => {
    const target = fixedIn(makeFolder());
    const { exitCode, stderr } = await runCli([
      'create',
      target,
      '--type',
      'fixed',
      '--size',
      '4M',
      '--force',
    ]);
    expect(exitCode).toBe(0);
    expect(oneLine(stderr)).toContain('was replaced.');
    expect(stderr).not.toContain('will be');
  });
});

describe('sizes that look alike', () => {
  it('names the 512 bytes of the footer', async () => {
    const target = path.join(makeFolder(), 'x.vhd');
    const { stdout } = await runCli(['create', target, '--type', 'fixed', '--size', '8M']);
    expect(stdout).toContain('8 MiB + 512 bytes (8,389,120 bytes)');
    expect(stdout).not.toContain('8.00');
  });

  for (const argv of [
    ['create', 'x.vhd', '--type', 'fixed', '--size', '-5'],
    ['resize', 'x.vhd', '-5G'],
    ['geometry', '-1'],
  ]) {
    it(`says of ${argv.join(' ')} that a size cannot be negative`, async () => {
      const { exitCode, stderr } = await runCli(argv);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('cannot be negative');
    });
  }
});

describe('notes', () => {
  it('say why disks of different sizes can be identical', async () => {
    const folder = makeFolder();
    const files = [fixedIn(folder, 'a.vhd', MIB), fixedIn(folder, 'b.vhd', 2 * MIB)];
    const { exitCode, stdout } = await runCli(['compare', ...files]);
    expect(exitCode).toBe(0);
    expect(oneLine(stdout)).toContain('A is the shorter one and counts as followed by zeros');
    expect((await runCli(['compare', ...files, '--strict'])).exitCode).toBe(1);
  });

  it('say that the commands for another system have the paths of this one', async () => {
    const image = fixedIn(makeFolder());
    const other = process.platform === 'win32' ? 'linux' : 'windows';
    const own = { win32: 'windows', darwin: 'macos' }[process.platform as string] ?? 'linux';
    const foreign = await runCli(['attach-command', image, '--for', other]);
    expect(oneLine(foreign.stderr)).toContain('are those of this computer');
    expect((await runCli(['attach-command', image, '--for', own])).stderr).toBe('');
    expect((await runCli(['attach-command', image, '--for', other, '--json'])).json()).toMatchObject({
      notes: [expect.stringContaining('this computer')],
    });
  });

  it('do not speak of a format above where none is named', async () => {
    const file = path.join(makeFolder(), 'empty.vhd');
    fs.writeFileSync(file, '');
    expect((await runCli(['info', file])).stderr).not.toContain('above');
  });
});

describe('a parent that cannot be', () => {
  const chainIn = async (folder: string): Promise<string> => {
    const child = path.join(folder, 'child.vhd');
    expect((await runCli(['snapshot', fixedIn(folder), child])).exitCode).toBe(0);
    return child;
  };

  it('is the child itself', async () => {
    const child = await chainIn(makeFolder());
    const result = await runCli(['relink', child, '--parent', child, '--accept-mismatch', '--json']);
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error.message).toContain('is the child itself');
  });

  it('has no footer', async () => {
    const folder = makeFolder();
    const child = await chainIn(folder);
    const raw = path.join(folder, 'raw.img');
    fs.writeFileSync(raw, Buffer.alloc(MIB, 3));
    const result = await runCli(['relink', child, '--parent', raw, '--json']);
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error.message).toContain('It has no VHD footer');
  });
});

describe('what a killed run left behind', () => {
  const partOf = (folder: string, name: string): string => {
    const part = path.join(folder, `.${name}.0123456789abcdef.platter-part`);
    fs.writeFileSync(part, Buffer.alloc(2048));
    return part;
  };

  it('is named beside the image it was to become, with the command that removes it', async () => {
    const folder = makeFolder();
    const part = partOf(folder, 'disk.vhd');
    partOf(folder, 'other.vhd');
    const { exitCode, stderr } = await runCli(['info', fixedIn(folder)]);
    expect(exitCode).toBe(0);
    expect(oneLine(stderr)).toContain(
      `".disk.vhd.0123456789abcdef.platter-part" (2 KiB) is an unfinished "disk.vhd"`,
    );
    expect(oneLine(stderr)).toContain(`${process.platform === 'win32' ? 'del' : 'rm'} `);
    expect(oneLine(stderr)).toContain(path.basename(part));
    expect(stderr).not.toContain('other.vhd');
  });

  it('is named where the same file is made again, and where the folder is looked at', async () => {
    const folder = makeFolder();
    partOf(folder, 'new.vhd');
    const target = path.join(folder, 'new.vhd');
    const made = await runCli(['create', target, '--type', 'fixed', '--size', '3M']);
    expect(made.stderr).toContain('is an unfinished "new.vhd"');
    expect((await runCli(['chain', folder])).stderr).toContain('is an unfinished "new.vhd"');
    expect((await runCli(['check', folder])).stderr).toContain('is an unfinished "new.vhd"');
  });

  it('is named where the image is missing, since its run was killed', async () => {
    const folder = makeFolder();
    partOf(folder, 'lost.vhd');
    const { exitCode, stderr } = await runCli(['info', path.join(folder, 'lost.vhd')]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('is an unfinished "lost.vhd"');
  });

  it('is not what only looks alike, nor a folder, and is never in the JSON', async () => {
    const folder = makeFolder();
    const image = fixedIn(folder);
    fs.writeFileSync(path.join(folder, '.disk.vhd.0123.platter-part'), '');
    fs.writeFileSync(path.join(folder, 'disk.vhd.0123456789abcdef.platter-part'), '');
    fs.mkdirSync(path.join(folder, '.disk.vhd.0123456789abcdee.platter-part'));
    expect((await runCli(['info', image])).stderr).toBe('');
    partOf(folder, 'disk.vhd');
    expect((await runCli(['info', image, '--json'])).json()).toMatchObject({ type: 'fixed' });
  });

  it.skipIf(nativeFs() === null)('is not what another run is at work on', async () => {
    const folder = makeFolder();
    const output = await OutputFile.create(path.join(folder, 'new.vhd'));
    expect((await runCli(['chain', folder])).stderr).toBe('');
    await output.discard();
    partOf(folder, 'new.vhd');
    expect(oneLine((await runCli(['chain', folder])).stderr)).toContain(
      'a run that was killed left it. To remove',
    );
  });

  it('is counted where there are many', async () => {
    const folder = makeFolder();
    for (let index = 10; index < 20; index += 1) {
      fs.writeFileSync(path.join(folder, `.a.vhd.00000000000000${index}.platter-part`), '');
    }
    expect((await runCli(['chain', folder])).stderr).toContain('And 5 more such files.');
  });
});
