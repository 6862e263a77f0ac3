import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equivalentCommand, quoteArgument } from '../../../src-main/services/operations/equivalent-command';
import type { OperationPaths } from '../../../src-main/services/operations/operation-paths';
import type { OperationSpec } from '../../../src-shared/ipc/operation';

const none: OperationPaths = {
  file: null,
  target: null,
  other: null,
  parent: null,
  downTo: null,
  searchFolder: null,
};
const target = { folderId: 'f', name: 'n' };

const line = (spec: OperationSpec, paths: Partial<OperationPaths>): string =>
  equivalentCommand(spec, { ...none, ...paths }, 'posix');

describe('the equivalent command', () => {
  it.each<[OperationSpec, Partial<OperationPaths>, string]>([
    [
      { verb: 'create', target, type: 'fixed', sizeBytes: 1024 ** 3, allocate: 'full', creator: 'win ' },
      { target: '/d/a b.vhd' },
      `platter create '/d/a b.vhd' --type fixed --size 1024M --creator 'win ' --allocate full`,
    ],
    [
      { verb: 'create', target, type: 'dynamic', sizeBytes: 512, blockSizeBytes: 524288 },
      { target: '/a.vhd' },
      'platter create /a.vhd --type dynamic --size 512 --block-size 524288',
    ],
    [
      { verb: 'convert', fileId: 'x', target, to: 'raw', verify: 'none', replace: true },
      { file: '/a.vhd', target: '/a.raw' },
      'platter convert /a.vhd /a.raw --to raw --verify none --force',
    ],
    [
      { verb: 'resize', fileId: 'x', sizeBytes: 0, shrink: true },
      { file: '/a' },
      'platter resize /a 0 --shrink',
    ],
    [{ verb: 'compact', fileId: 'x' }, { file: '/a' }, 'platter compact /a'],
    [{ verb: 'merge', fileId: 'x' }, { file: '/c' }, 'platter merge /c --into-parent'],
    [
      { verb: 'merge', fileId: 'x', target, downToId: 'y' },
      { file: '/c', target: '/o', downTo: '/b' },
      'platter merge /c --output /o --down-to /b',
    ],
    [
      { verb: 'relink', fileId: 'x', acceptMismatch: true },
      { file: '/c', parent: '/p' },
      'platter relink /c --parent /p --accept-mismatch',
    ],
    [{ verb: 'snapshot', fileId: 'x', target }, { file: '/p', target: '/c' }, 'platter snapshot /p /c'],
    [
      { verb: 'compare', fileId: 'x', otherId: 'y', strict: true },
      { file: '/a', other: '/b' },
      'platter compare /a /b --strict',
    ],
    [{ verb: 'hash', fileId: 'x', algorithm: 'md5' }, { file: '/a' }, 'platter hash /a --algorithm md5'],
    [{ verb: 'check', fileId: 'x', deep: true, chain: false }, { file: '/a' }, 'platter check /a --deep'],
    [
      { verb: 'extract', fileId: 'x', target, offset: 512, length: 1024 },
      { file: '/a', target: '/o' },
      'platter read /a --offset 512 --length 1024 --output /o',
    ],
    [{ verb: 'azure', fileId: 'x', target }, { file: '/a', target: '/o' }, 'platter azure /a /o'],
    [{ verb: 'rescue', fileId: 'x', target }, { file: '/a', target: '/o' }, 'platter rescue /a /o'],
  ])('%# is what a person would type', (spec, paths, expected) => expect(line(spec, paths)).toBe(expected));

  it.skipIf(process.platform === 'win32')('quotes so that a real shell gives every name back', () => {
    const word = fc.stringMatching(/^[^\0]+$/u);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const quoted = words.map((one) => quoteArgument(one, 'posix')).join(' ');
        const seen = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${quoted}`], {
          encoding: 'utf8',
          env: { LC_ALL: 'C.UTF-8' },
        });
        expect(seen).toBe(words.map((one) => `${one}\0`).join(''));
      }),
      {
        numRuns: 60,
        examples: [[['-rf', "it's", 'a\nb', '$HOME', '`id`', 'größe 💾', '\\', '!x', '*', '~']]],
      },
    );
  });

  it('quotes for Windows so that both of its shells read the same', () => {
    expect(quoteArgument('C:\\disks\\a.vhd', 'win32')).toBe('C:\\disks\\a.vhd');
    expect(quoteArgument('C:\\my disks\\a.vhd', 'win32')).toBe('"C:\\my disks\\a.vhd"');
    expect(quoteArgument('C:\\my disks\\', 'win32')).toBe('"C:\\my disks\\\\"');
    expect(quoteArgument('C:\\$HOME\\it’s.vhd', 'win32')).toBe("'C:\\$HOME\\it’s.vhd'");
    expect(quoteArgument("a$'b", 'win32')).toBe("'a$''b'");
  });
});
