import { formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { CompareResult } from '../../../src-shared/model';
import { compareImages, type DiskSource } from '../../engine';
import type { ParsedArguments } from '../arguments';
import { PARENT_OPTION, formatOption, namedParents } from '../reading';
import { EXIT_ANSWER_IS_NO, EXIT_DONE, type Verb, type VerbContext } from '../verb';

/** Ranges that are listed as text; `--json` has more. */
const RANGES_SHOWN = 20;

export const verb: Verb = {
  spec: {
    name: 'compare',
    usage: ['compare A B [--strict] [OPTIONS]'],
    about: [
      'The content of two disks side by side: VHD or raw, in any pairing of types, chains included. The shorter one counts as followed by zeros; with --strict different sizes are a difference, too.',
      'Exit 1 when they differ.',
    ],
    operands: [
      { name: 'A', required: true },
      { name: 'B', required: true },
    ],
    options: [
      { name: 'strict', text: 'Different sizes are a difference.' },
      {
        name: 'a-from',
        value: 'FORMAT',
        choices: ['vhd', 'vpc', 'raw'],
        text: 'What A is; by its content unless given.',
      },
      {
        name: 'b-from',
        value: 'FORMAT',
        choices: ['vhd', 'vpc', 'raw'],
        text: 'What B is; by its content unless given.',
      },
      { name: 'allow-damaged', text: 'Read what cannot be trusted as zeros instead of refusing.' },
      PARENT_OPTION,
    ],
    examples: [
      { command: 'platter compare disk.vhd disk.raw', says: 'Whether a conversion kept the content.' },
      { command: 'platter compare a.vhd b.vhd --strict --json', says: 'Content and size, as JSON.' },
    ],
  },
  async run(args, context) {
    const [a, b] = [await sourceOf(args, 0, 'a-from'), await sourceOf(args, 1, 'b-from')];
    const result = await compareImages({ a, b, strict: args.flag('strict') }, context);
    context.printJson(result);
    for (const warning of result.warnings ?? []) context.warn(warning);
    printComparison(result, context);
    return result.identical ? EXIT_DONE : EXIT_ANSWER_IS_NO;
  },
};

async function sourceOf(args: ParsedArguments, index: number, from: string): Promise<DiskSource> {
  return {
    path: args.operand(index),
    format: formatOption(args, from),
    allowDamaged: args.flag('allow-damaged'),
    ...(await namedParents(args.values('parent'))),
  };
}

function printComparison(result: CompareResult, { out, style }: VerbContext): void {
  out.line(
    result.identical
      ? style.good('The content is identical.')
      : style.bad(result.differingBytes === 0 ? 'Only the sizes differ.' : 'The content differs.'),
  );
  const isSameSize = result.aSizeBytes === result.bSizeBytes;
  out.facts([
    ['Size', isSameSize ? formatSizeBoth(result.aSizeBytes) : null],
    ['Size of A', isSameSize ? null : formatSizeBoth(result.aSizeBytes)],
    ['Size of B', isSameSize ? null : formatSizeBoth(result.bSizeBytes)],
    [
      'First difference',
      result.firstDifferenceOffset === null ? null : `byte ${formatCount(result.firstDifferenceOffset)}`,
    ],
    ['Differing', result.differingBytes === 0 ? null : formatSizeBoth(result.differingBytes)],
  ]);
  if (!isSameSize) out.paragraph(sizesNote(result), 2);
  if (result.ranges.length === 0) return;
  out.line();
  out.table(
    [
      { title: 'Offset', align: 'right' },
      { title: 'Length', align: 'right' },
    ],
    result.ranges
      .slice(0, RANGES_SHOWN)
      .map(({ offset, length }) => [formatCount(offset), formatCount(length)]),
  );
  if (result.ranges.length > RANGES_SHOWN) {
    out.line(`  and ${formatCount(result.ranges.length - RANGES_SHOWN)} more ranges (--json lists them)`);
  }
}

/** Why disks of different sizes can have the same content. */
function sizesNote({ aSizeBytes, bSizeBytes }: CompareResult): string {
  const shorter = aSizeBytes < bSizeBytes ? 'A' : 'B';
  return `${shorter} is the shorter one and counts as followed by zeros; --strict makes the size part of the answer.`;
}
