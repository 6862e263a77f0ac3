import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { hashDisk } from '../../engine';
import { damageFields, READING_OPTIONS, readingOptions, withDisk } from '../reading';
import { bytesOption, rangeWithin } from '../values';
import { EXIT_DONE, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'hash',
    usage: ['hash FILE [--algorithm sha256] [--offset N] [--length N] [--per-block] [OPTIONS]'],
    about: [
      'A hash of what the guest sees: the same for a fixed disk, a dynamic disk, a chain and a raw file (--from raw) with the same content.',
    ],
    operands: [{ name: 'FILE', required: true }],
    options: [
      { name: 'algorithm', value: 'NAME', text: 'Any hash that Node knows; sha256 unless given.' },
      { name: 'offset', value: 'N', text: 'First byte of the disk; 0 unless given.' },
      { name: 'length', value: 'N', text: 'Bytes; to the end of the disk unless given.' },
      { name: 'per-block', text: 'Also a hash for every block (every 2 MiB where the disk has none).' },
      ...READING_OPTIONS,
    ],
    examples: [
      { command: 'platter hash disk.vhd', says: 'sha256 of the content, chain included.' },
      { command: 'platter hash disk.img --from raw', says: 'The same for a raw file, to compare by eye.' },
    ],
  },
  async run(args, context) {
    const reading = await readingOptions(args);
    return withDisk(args.operand(0), reading, context, async (disk, opened, notes) => {
      const range = rangeWithin(disk.sizeBytes, bytesOption(args, 'offset'), bytesOption(args, 'length'));
      const options = { ...range, algorithm: args.value('algorithm'), perBlock: args.flag('per-block') };
      const result = await hashDisk(disk, options, context);
      context.printJson({ ...result, ...damageFields(opened), ...notes });
      const { out, style } = context;
      out.line(`${result.hash}  ${args.operand(0)}`);
      out.line(style.faint(`${result.algorithm} of ${formatSizeBoth(result.bytes)} of disk content`));
      result.blocks?.forEach((hash, index) => out.line(`  ${String(index).padStart(6)}  ${hash}`));
      return EXIT_DONE;
    });
  },
};
