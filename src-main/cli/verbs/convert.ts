import type { OperationResult } from '../../../src-shared/model';
import type { SizeRule } from '../../../src-shared/vhd';
import { convertFromStream, convertImage, convertToStream, openDisk, type ConvertTarget } from '../../engine';
import { usageError, type ParsedArguments } from '../arguments';
import { READING_OPTIONS, readingOptions } from '../reading';
import { requireNoJson, requireNoTerminal, STANDARD_STREAM, standardInput } from '../streams';
import { printResult } from '../text/result';
import { sizeOption } from '../values';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'convert',
    usage: ['convert SRC DST --to fixed|dynamic|raw [OPTIONS]'],
    about: [
      'Copies the content of a disk, a child with its whole chain, into a new image of another type. Areas of zeros stay unallocated. The result is flushed and, unless --verify none, read back and compared with the source before it gets its name.',
      '"-" as SRC is standard input (raw), "-" as DST standard output (raw).',
    ],
    words: ['block'],
    operands: [
      { name: 'SRC', required: true, stream: true },
      { name: 'DST', required: true, stream: true },
    ],
    options: [
      {
        name: 'to',
        value: 'TYPE',
        choices: ['fixed', 'dynamic', 'raw'],
        text: 'What to make: fixed, dynamic or raw.',
      },
      { name: 'block-size', value: 'SIZE', text: 'Data bytes of a block of a dynamic target.' },
      { name: 'size', value: 'SIZE', text: 'A larger virtual size; zeros make up the rest.' },
      {
        name: 'size-rule',
        value: 'RULE',
        choices: ['exact', 'chs', 'mib', 'universal'],
        text: 'exact (default) keeps the size; the others take the next size up that fits.',
      },
      { name: 'creator', value: 'TAG', text: 'Creator application of the target; "win" unless given.' },
      {
        name: 'allocate',
        value: 'HOW',
        choices: ['sparse', 'full'],
        text: 'For fixed targets: sparse (default) leaves holes, full writes the zeros.',
      },
      {
        name: 'verify',
        value: 'HOW',
        choices: ['content', 'none'],
        text: 'content (default) compares the result with the source; none does not.',
      },
      { name: 'force', text: 'Replace an existing file.' },
      ...READING_OPTIONS,
    ],
    examples: [
      { command: 'platter convert disk.vhd disk.raw --to raw', says: 'A raw disk for other tools.' },
      { command: 'platter convert child.vhd whole.vhd --to dynamic', says: 'A chain in one file.' },
      {
        command: 'xz -dc disk.raw.xz | platter convert - disk.vhd --to dynamic',
        says: 'From standard input, without the raw disk in between.',
      },
    ],
  },
  async run(args, context) {
    const [source, target] = [args.operand(0), args.operand(1)];
    if (target === STANDARD_STREAM) return toStandardOutput(source, args, context);
    const to = args.value('to') as ConvertTarget | undefined;
    if (to === undefined) throw usageError('platter convert needs --to fixed, dynamic or raw.');
    const result = await convert(source, target, to, args, context);
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};

async function convert(
  source: string,
  target: string,
  to: ConvertTarget,
  args: ParsedArguments,
  context: VerbContext,
): Promise<OperationResult> {
  const input = {
    target,
    to,
    sizeBytes: sizeOption(args, 'size', context),
    blockSizeBytes: sizeOption(args, 'block-size', context),
    sizeRule: args.value('size-rule') as SizeRule | undefined,
    creatorApplication: args.value('creator'),
    allocate: args.value('allocate') as 'sparse' | 'full' | undefined,
    verify: args.value('verify') as 'content' | 'none' | undefined,
    replace: args.flag('force'),
  };
  if (source !== STANDARD_STREAM) {
    await requireParentIsMeant(source, args);
    return convertImage({ ...input, source: { path: source, ...(await readingOptions(args)) } }, context);
  }
  requireRawInput(args);
  return convertFromStream(standardInput(context), input, context);
}

/** `--parent` says where the parent of SRC is, and never makes a child of DST. */
async function requireParentIsMeant(source: string, args: ParsedArguments): Promise<void> {
  if (!args.has('parent')) return;
  const opened = await openDisk(source, { ...(await readingOptions(args)), allowDamaged: true });
  await opened.close();
  if (opened.metadata?.type === 'differencing') return;
  throw usageError(
    `--parent has no meaning here: "${source}" has no parent.`,
    'It says where the parent of SRC is. A child of an image is made by "platter snapshot".',
  );
}

async function toStandardOutput(
  source: string,
  args: ParsedArguments,
  context: VerbContext,
): Promise<number> {
  requireNoJson(context);
  if ((args.value('to') ?? 'raw') !== 'raw') throw usageError('Standard output takes raw bytes: --to raw.');
  const useless = ['block-size', 'size', 'size-rule', 'creator', 'allocate', 'force'].find((name) =>
    args.has(name),
  );
  if (useless !== undefined) throw usageError(`--${useless} has no meaning for standard output.`);
  requireNoTerminal(context);
  if (source === STANDARD_STREAM) {
    requireRawInput(args);
    for await (const bytes of standardInput(context)) await context.io.stdout.write(bytes);
    return EXIT_DONE;
  }
  await requireParentIsMeant(source, args);
  const from = { path: source, ...(await readingOptions(args)) };
  const made = await convertToStream(from, (bytes) => context.io.stdout.write(bytes), context);
  for (const warning of made.warnings) context.warn(warning);
  return EXIT_DONE;
}

function requireRawInput(args: ParsedArguments): void {
  if ((args.value('from') ?? 'raw') !== 'raw') {
    throw usageError(
      'Standard input is read as raw bytes.',
      'A VHD has its footer at the end; save it to a file first.',
    );
  }
}
