import { AppError } from '../../../src-shared/errors';
import { formatSizeBoth, type SizeRule } from '../../../src-shared/vhd';
import type { OperationResult } from '../../../src-shared/model';
import { convertFromStream, convertImage, createImage, openDisk, snapshotImage } from '../../engine';
import { usageError, type ParsedArguments } from '../arguments';
import { STANDARD_STREAM, standardInput } from '../streams';
import { printResult } from '../text/result';
import { sizeOption } from '../values';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'create',
    usage: ['create FILE --type fixed|dynamic|differencing [--size SIZE] [--parent FILE] [OPTIONS]'],
    about: [
      'Makes a new image. It appears under its name only when it is whole; an existing file is never replaced without --force.',
    ],
    words: ['block', 'CHS', 'child'],
    operands: [{ name: 'FILE', required: true }],
    options: [
      {
        name: 'type',
        value: 'T',
        choices: ['fixed', 'dynamic', 'differencing'],
        text: 'fixed (as large as its disk), dynamic (grows as it is written) or differencing (a child of --parent).',
      },
      {
        name: 'size',
        value: 'SIZE',
        text: "Virtual size, such as 40G, 127GB or 266338304s. A child has its parent's.",
      },
      { name: 'block-size', value: 'SIZE', text: 'Data bytes of a block, a power of two; 2M unless given.' },
      { name: 'parent', value: 'FILE', text: 'The image a differencing disk stands on.' },
      {
        name: 'size-rule',
        value: 'RULE',
        choices: ['exact', 'chs', 'mib', 'universal'],
        text: 'exact (default) keeps the size; chs, mib and universal take the next size up that is CHS-exact, whole MiB, or both.',
      },
      {
        name: 'source',
        value: 'RAW',
        text: 'A raw disk image to fill the new disk with; - is standard input.',
      },
      {
        name: 'creator',
        value: 'TAG',
        text: 'Creator application; "win" unless given, so that every reader takes the current size.',
      },
      { name: 'unique-id', value: 'ID', text: 'Unique id as 8-4-4-4-12; random unless given.' },
      {
        name: 'allocate',
        value: 'HOW',
        choices: ['sparse', 'full'],
        text: 'For fixed disks: sparse (default) leaves holes where the file system can, full writes zeros.',
      },
      { name: 'force', text: 'Replace an existing file.' },
    ],
    examples: [
      { command: 'platter create new.vhd --type dynamic --size 40G', says: 'A dynamic disk of 40 GiB.' },
      {
        command: 'platter create old-pc.vhd --type fixed --size 504M --size-rule chs',
        says: 'A fixed disk whose geometry addresses every sector.',
      },
    ],
  },
  async run(args, context) {
    const type = args.value('type');
    if (type === undefined) throw usageError('platter create needs --type fixed, dynamic or differencing.');
    const result =
      type === 'differencing'
        ? await createChild(args, context)
        : await createPlain(type === 'fixed' ? 'fixed' : 'dynamic', args, context);
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};

async function createPlain(
  type: 'fixed' | 'dynamic',
  args: ParsedArguments,
  context: VerbContext,
): Promise<OperationResult> {
  if (args.has('parent')) throw usageError(`A ${type} disk has no --parent; --type differencing has.`);
  const sizeBytes = sizeOption(args, 'size', context);
  const image = {
    sizeRule: args.value('size-rule') as SizeRule | undefined,
    blockSizeBytes: sizeOption(args, 'block-size', context),
    allocate: args.value('allocate') as 'sparse' | 'full' | undefined,
    creatorApplication: args.value('creator'),
    uniqueId: args.value('unique-id'),
    replace: args.flag('force'),
  };
  const path = args.operand(0);
  const source = args.value('source');
  if (source === STANDARD_STREAM) {
    return convertFromStream(
      standardInput(context),
      { ...image, target: path, to: type, sizeBytes },
      context,
    );
  }
  if (source !== undefined) {
    const raw = { path: source, format: 'raw' } as const;
    return convertImage({ ...image, source: raw, target: path, to: type, sizeBytes }, context);
  }
  if (sizeBytes === undefined) throw usageError(`A ${type} disk needs --size SIZE, or --source RAW.`);
  return createImage({ ...image, path, type, sizeBytes }, context);
}

async function createChild(args: ParsedArguments, context: VerbContext): Promise<OperationResult> {
  const [parent] = args.values('parent');
  if (parent === undefined) throw usageError('A differencing disk needs --parent FILE.');
  const useless = ['source', 'allocate', 'size-rule'].find((name) => args.has(name));
  if (useless !== undefined) throw usageError(`A differencing disk has no --${useless}.`);
  const sizeBytes = sizeOption(args, 'size', context);
  if (sizeBytes !== undefined) await requireParentSize(parent, sizeBytes);
  return snapshotImage(
    {
      parent: { path: parent },
      path: args.operand(0),
      blockSizeBytes: sizeOption(args, 'block-size', context),
      creatorApplication: args.value('creator'),
      uniqueId: args.value('unique-id'),
      replace: args.flag('force'),
    },
    context,
  );
}

/** A child is as large as its parent. @throws AppError `bad-value` where another size was asked for. */
async function requireParentSize(parent: string, sizeBytes: number): Promise<void> {
  const opened = await openDisk(parent);
  const parentBytes = opened.disk.sizeBytes;
  await opened.close();
  if (parentBytes === sizeBytes) return;
  throw new AppError(
    'bad-value',
    `The parent has ${formatSizeBoth(parentBytes)}, and its child is as large; leave --size out.`,
  );
}
