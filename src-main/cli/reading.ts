import type { VirtualDisk } from '../engine';
import { openDisk, type OpenedDisk, type OpenDiskOptions } from '../engine';
import { formatBytes, formatCount } from '../../src-shared/vhd/format-size';
import type { ParsedArguments } from './arguments';
import type { OptionSpec, VerbContext } from './verb';

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
    name: 'parent-file',
    value: 'FILE',
    several: true,
    text: 'An image that may be a parent, wherever it lies; proven by its unique id.',
  },
  { name: 'raw-parent', value: 'FILE', text: 'The raw disk below a child whose parent id is null.' },
];

export function readingOptions(args: ParsedArguments): OpenDiskOptions {
  return {
    format: formatOption(args, 'from'),
    allowDamaged: args.flag('allow-damaged'),
    parents: args.values('parent-file'),
    rawParent: args.value('raw-parent'),
  };
}

/** `vpc` is what users of qemu-img write for vhd. */
export function formatOption(args: ParsedArguments, name: string): 'vhd' | 'raw' | undefined {
  const format = args.value(name);
  if (format === undefined) return undefined;
  return format === 'raw' ? 'raw' : 'vhd';
}

/** Opens a disk, works with it, closes it, and tells what had to be read as zeros. */
export async function withDisk<T>(
  path: string,
  options: OpenDiskOptions,
  context: VerbContext,
  work: (disk: VirtualDisk, opened: OpenedDisk) => Promise<T>,
): Promise<T> {
  const opened = await openDisk(path, options);
  try {
    const result = await work(opened.disk, opened);
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
      warn(
        `${path}: ${formatBytes(length)} from byte ${formatCount(offset)} were read as zeros: ${reason}.`,
      );
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
