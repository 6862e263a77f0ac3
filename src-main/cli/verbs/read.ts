import { formatBytes, formatCount } from '../../../src-shared/vhd/format-size';
import { isAllZero, openOutput, pathsOf, readGuest, type OutputFile, type VirtualDisk } from '../../engine';
import { usageError } from '../arguments';
import { damageFields, READING_OPTIONS, readingOptions, withDisk } from '../reading';
import { requireNoJson, requireNoTerminal, STANDARD_STREAM } from '../streams';
import { bytesOption, rangeWithin } from '../values';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'read',
    usage: ['read FILE [--offset N] [--length N] [-o OUT] [OPTIONS]'],
    about: ['Bytes of the disk, as the guest sees them, to standard output or to OUT.'],
    operands: [{ name: 'FILE', required: true }],
    options: [
      { name: 'offset', value: 'N', text: 'First byte of the disk; 0 unless given.' },
      { name: 'length', value: 'N', text: 'Bytes; to the end of the disk unless given.' },
      { name: 'output', short: 'o', value: 'OUT', text: 'A file to write to; standard output unless given.' },
      { name: 'force', text: 'Replace an existing OUT.' },
      ...READING_OPTIONS,
    ],
    examples: [
      {
        command: 'platter read disk.vhd --length 512 | xxd',
        says: 'The first sector, where an MBR would be.',
      },
      {
        command: 'platter read disk.vhd --offset 1M --length 100M -o part.raw',
        says: 'A partition as a file.',
      },
    ],
  },
  async run(args, context) {
    const target = args.value('output') ?? STANDARD_STREAM;
    const isStream = target === STANDARD_STREAM;
    if (isStream) {
      requireNoJson(context);
      requireNoTerminal(context);
      if (args.flag('force')) throw usageError('--force has a meaning only with --output.');
    }
    const reading = await readingOptions(args);
    return withDisk(args.operand(0), reading, context, async (disk, opened, notes) => {
      const range = rangeWithin(disk.sizeBytes, bytesOption(args, 'offset'), bytesOption(args, 'length'));
      if (isStream) {
        for await (const bytes of readGuest(disk, range, context)) await context.io.stdout.write(bytes);
        return EXIT_DONE;
      }
      const output = await openOutput(target, args.flag('force'), pathsOf(opened));
      await readToFile(disk, range, output, context);
      context.printJson({ path: target, ...range, ...damageFields(opened), ...notes });
      context.out.line(
        `${context.style.good('Done:')} ${target}, ${formatBytes(range.length)} from byte ${formatCount(range.offset)}`,
      );
      return EXIT_DONE;
    });
  },
};

async function readToFile(
  disk: VirtualDisk,
  range: { readonly offset: number; readonly length: number },
  output: OutputFile,
  context: VerbContext,
): Promise<void> {
  try {
    let position = 0;
    for await (const bytes of readGuest(disk, range, context)) {
      // A new file reads as zeros where nothing is written.
      if (!isAllZero(bytes)) await output.file.writeAt(bytes, position);
      position += bytes.length;
    }
    await output.file.setSize(range.length);
    await output.publish();
  } finally {
    await output.discard();
  }
}
