import type { OperationSpec } from '../../../src-shared/ipc/operation';
import { MIB_BYTES } from '../../../src-shared/vhd/constants';
import { quotePosix } from '../../engine';
import type { OperationPaths } from './operation-paths';

type Platform = 'win32' | 'posix';

/** The command line that does the same (CLI.md), to be copied into a terminal of this system; empty where there is none. */
export function equivalentCommand(
  spec: OperationSpec,
  paths: OperationPaths,
  platform: Platform = process.platform === 'win32' ? 'win32' : 'posix',
): string {
  // The command line reads files as they are, not as they were.
  if (paths.before?.some((change) => change !== undefined)) return '';
  return ['platter', ...argumentsOf(spec, paths)].map((word) => quoteArgument(word, platform)).join(' ');
}

type Option = readonly [name: string, value: string | number | boolean | null | undefined];

function argumentsOf(spec: OperationSpec, paths: OperationPaths): string[] {
  const { file, target, other, parent, downTo, searchFolder } = paths;
  const size = (bytes: number | undefined): string | undefined =>
    bytes === undefined ? undefined : sizeArgument(bytes);
  switch (spec.verb) {
    case 'create':
      return line(
        'create',
        [target],
        [
          ['type', spec.type],
          ['size', size(spec.sizeBytes)],
          ['block-size', size(spec.blockSizeBytes)],
          ['size-rule', spec.sizeRule],
          ['source', other],
          ['creator', spec.creator],
          ['unique-id', spec.uniqueId],
          ['allocate', spec.allocate],
          ['force', spec.replace],
        ],
      );
    case 'snapshot':
      return line('snapshot', [file, target], [['block-size', size(spec.blockSizeBytes)]]);
    case 'convert':
      return line(
        'convert',
        [file, target],
        [
          ['to', spec.to],
          ['from', spec.from],
          ['block-size', size(spec.blockSizeBytes)],
          ['size-rule', spec.sizeRule],
          ['parent', parent],
          ['creator', spec.creator],
          ['verify', spec.verify],
          ['force', spec.replace],
        ],
      );
    case 'resize':
      return line(
        'resize',
        [file, sizeArgument(spec.sizeBytes)],
        [
          ['shrink', spec.shrink],
          ['break-children', spec.breakChildren],
          ['verify', spec.verify],
        ],
      );
    case 'compact':
      return line(
        'compact',
        [file],
        [
          ['output', target],
          ['estimate', spec.estimate],
          ['realign', spec.realign],
          ['drop-unclaimed', spec.dropUnclaimed],
          ['force', spec.replace],
        ],
      );
    case 'merge':
      return line(
        'merge',
        [file],
        [
          ['into-parent', target === null],
          ['output', target],
          ['down-to', downTo],
          ['delete-child', spec.deleteChild],
          ['break-children', spec.breakChildren],
          ['force', spec.replace],
        ],
      );
    case 'relink':
      return line(
        'relink',
        [file],
        [
          ['parent', parent],
          ['search', searchFolder],
          ['accept-mismatch', spec.acceptMismatch],
        ],
      );
    case 'azure':
    case 'rescue':
      return line(spec.verb, [file, target], [['force', spec.replace]]);
    case 'repair':
      return line(
        'repair',
        [file],
        [
          ...(spec.only ?? []).map((code): Option => ['only', code]),
          ...Object.entries(spec.choose ?? {}).map(([code, option]): Option => [
            'choose',
            `${code}=${option}`,
          ]),
          ['quick', spec.deep === false],
          ['break-children', spec.breakChildren],
          ['backup', spec.backup === 'copy' ? target : null],
          ['save-metadata', spec.backup === 'metadata' ? target : null],
          ['apply', true],
        ],
      );
    case 'undo':
      return line('undo', [file], [['finish', spec.finish]]);
    case 'compare':
      return line('compare', [file, other], [['strict', spec.strict]]);
    case 'hash':
      return line(
        'hash',
        [file],
        [
          ['algorithm', spec.algorithm],
          ['per-block', spec.perBlock],
        ],
      );
    case 'check':
      return line(
        'check',
        [file],
        [
          ['deep', spec.deep],
          ['chain', spec.chain],
        ],
      );
    case 'extract':
      return line(
        'read',
        [file],
        [
          ['offset', spec.offset],
          ['length', spec.length],
          ['output', target],
          ['force', spec.replace],
        ],
      );
  }
}

function line(verb: string, files: readonly (string | null)[], options: readonly Option[]): string[] {
  const words = [verb, ...files.filter((file): file is string => file !== null)];
  for (const [name, value] of options) {
    if (value === true) words.push(`--${name}`);
    else if (value !== undefined && value !== null && value !== false) words.push(`--${name}`, String(value));
  }
  return words;
}

/** A size that reads well and means exactly these bytes. */
function sizeArgument(bytes: number): string {
  return bytes > 0 && bytes % MIB_BYTES === 0 ? `${bytes / MIB_BYTES}M` : String(bytes);
}

/** The common separators of paths and nothing that a shell of Windows looks at. */
const PLAIN_ON_WINDOWS = /^[\w.\\/:@+-]+$/;

/**
 * One word for the shell of a system. Windows has two: double quotes suit cmd and PowerShell alike, unless the word
 * holds what PowerShell expands inside them; then its single quotes are used.
 */
export function quoteArgument(word: string, platform: Platform): string {
  if (platform === 'posix') return quotePosix(word);
  if (PLAIN_ON_WINDOWS.test(word)) return word;
  return /[$`"]/.test(word) ? `'${word.replace(/'/g, "''")}'` : `"${word.replace(/\\+$/, '$&$&')}"`;
}
