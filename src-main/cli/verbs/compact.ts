import type { CompactForecast } from '../../../src-shared/model';
import { formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { compactImage, estimateCompact } from '../../engine';
import { usageError } from '../arguments';
import { PARENT_OPTION, namedParents } from '../reading';
import { printResult } from '../text/result';
import { EXIT_DONE, NO_LOCK_OPTION, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'compact',
    keepsUndo: true,
    usage: ['compact FILE [--output OUT] [--estimate] [OPTIONS]'],
    about: [
      'Makes the file smaller: blocks of zeros and gaps are dropped, the content stays the same and is compared. In place, with an undo journal, unless --output is given.',
      'Space that the guest has freed but not overwritten with zeros is not found.',
    ],
    words: ['BAT', 'block'],
    operands: [{ name: 'FILE', required: true }],
    options: [
      { name: 'output', short: 'o', value: 'OUT', text: 'Make a new file instead.' },
      { name: 'estimate', text: 'Say what would be gained, and by what; change nothing.' },
      {
        name: 'realign',
        text: "Put every block's data on a multiple of 4 KiB; only where blocks have at least that size.",
      },
      {
        name: 'drop-unclaimed',
        text: 'In place: go on although blocks that the BAT has lost are dropped by it.',
      },
      { name: 'force', text: 'Replace an existing OUT.' },
      PARENT_OPTION,
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter compact disk.vhd --estimate', says: 'Whether it is worth it.' },
      { command: 'platter compact disk.vhd --output small.vhd', says: 'A smaller copy.' },
    ],
  },
  async run(args, context) {
    const target = args.value('output');
    if (target === undefined && args.flag('force')) {
      throw usageError('--force has a meaning only with --output.');
    }
    const image = { path: args.operand(0), ...(await namedParents(args.values('parent'))) };
    const input = {
      image,
      target,
      realign: args.flag('realign'),
      dropUnclaimed: args.flag('drop-unclaimed'),
      replace: args.flag('force'),
      allowUnlocked: args.flag('no-lock'),
    };
    if (args.flag('estimate')) {
      const forecast = await estimateCompact(input, context);
      context.printJson(forecast);
      printForecast(forecast, context);
      return EXIT_DONE;
    }
    const result = await compactImage(input, context);
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};

function printForecast(forecast: CompactForecast, { out, style }: VerbContext): void {
  const { byCause } = forecast;
  const gain = (bytes: number): string | null => (bytes === 0 ? null : formatSizeBoth(bytes));
  out.heading(forecast.path);
  out.facts([
    ['File now', formatSizeBoth(forecast.fileSizeBeforeBytes)],
    ['File after', formatSizeBoth(forecast.fileSizeAfterBytes)],
    ['Saved', forecast.savedBytes > 0 ? style.good(formatSizeBoth(forecast.savedBytes)) : 'nothing to gain'],
    ['  zero blocks', gain(byCause.zeroBlocksBytes)],
    ['  gaps', gain(byCause.gapsBytes)],
    ['  surplus table', gain(byCause.surplusTableBytes)],
    ['  after the end', gain(byCause.trailingBytes)],
    ['Blocks', `${formatCount(forecast.blocksBefore)} -> ${formatCount(forecast.blocksAfter)}`],
    [
      'Unaligned',
      forecast.unalignedBlocks === 0
        ? null
        : `${formatCount(forecast.unalignedBlocks)} not on a multiple of 4 KiB (--realign mends that)`,
    ],
  ]);
}
