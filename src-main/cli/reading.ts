import {
  openDisk,
  openImageFile,
  probeFormat,
  readingFrom,
  readingWarnings,
  type OpenDiskOptions,
  type OpenedDisk,
  type VirtualDisk,
} from '../engine';
import { formatBytes, formatCount } from '../../src-shared/vhd/format-size';
import type { ParsedArguments } from './arguments';
import type { VerbContext } from './verb';
import type { OptionSpec } from './verb-spec';

export const PARENT_OPTION: OptionSpec = {
  name: 'parent',
  value: 'FILE',
  several: true,
  text: 'Where a parent is, if it is not found by itself.',
};

/** What a file is read as, and where its parents may be: for every verb that reads the content of a disk. */
export const READING_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'from',
    value: 'FORMAT',
    choices: ['vhd', 'vpc', 'raw'],
    text: 'What the file is: vhd (by its content, unless given) or raw.',
  },
  {
    name: 'allow-damaged',
    text: 'Read what cannot be trusted as zeros, and say which parts, instead of refusing.',
  },
  {
    ...PARENT_OPTION,
    text: 'Where a parent is, if it is not found by itself: proven by its unique id, or the raw disk below a child that stands on one.',
  },
];

/** @throws AppError of kind `system` where a named parent cannot be opened. */
export async function readingOptions(args: ParsedArguments): Promise<OpenDiskOptions> {
  return {
    format: formatOption(args, 'from'),
    allowDamaged: args.flag('allow-damaged'),
    ...(await namedParents(args.values('parent'))),
  };
}

/** Images prove themselves by their id; what is no VHD can only be the raw disk at the bottom. */
export async function namedParents(
  files: readonly string[],
): Promise<Pick<OpenDiskOptions, 'parents' | 'rawParent'>> {
  const parents: string[] = [];
  let rawParent: string | undefined;
  for (const file of files) {
    const handle = await openImageFile(file);
    try {
      if ((await probeFormat(handle)) === 'vhd') parents.push(file);
      else rawParent = file;
    } finally {
      await handle.close();
    }
  }
  return { parents, rawParent };
}

/** `vpc` is what users of qemu-img write for vhd. */
export function formatOption(args: ParsedArguments, name: string): 'vhd' | 'raw' | undefined {
  const format = args.value(name);
  if (format === undefined) return undefined;
  return format === 'raw' ? 'raw' : 'vhd';
}

/** Fields of a JSON document for what was told. */
export interface ReadingNotes {
  readonly warnings?: readonly string[];
}

/**
 * Opens a disk, works with it, closes it, and tells what had to be read as zeros, what is in the middle of a change, and what may not be
 * the parent that was meant.
 */
export async function withDisk<T>(
  path: string,
  options: OpenDiskOptions,
  context: VerbContext,
  work: (disk: VirtualDisk, opened: OpenedDisk, notes: ReadingNotes) => Promise<T>,
): Promise<T> {
  const opened = await openDisk(path, options);
  try {
    const warnings = await readingWarnings(opened.chain);
    for (const warning of warnings) context.warn(warning);
    const notes = warnings.length === 0 ? {} : { warnings };
    const result = await readingFrom([opened], () => work(opened.disk, opened, notes));
    tellDamage(opened, context);
    return result;
  } finally {
    await opened.close();
  }
}

function tellDamage({ chain }: OpenedDisk, { warn }: VerbContext): void {
  for (const { path, damage } of chain) {
    const { ranges } = damage;
    for (const { offset, length, reason } of ranges.slice(0, 10)) {
      warn(`${path}: ${formatBytes(length)} from byte ${formatCount(offset)} were read as zeros: ${reason}.`);
    }
    if (ranges.length > 10) warn(`${path}: and ${formatCount(ranges.length - 10)} more ranges.`);
  }
}

/** The same for a JSON document. */
export function damageFields({ chain }: OpenedDisk): Readonly<Record<string, unknown>> {
  const damaged = chain.flatMap(({ path, damage }) =>
    damage.ranges.map(({ offset, length, reason }) => ({ path, offset, length, reason })),
  );
  return damaged.length === 0 ? {} : { readAsZeros: damaged };
}
