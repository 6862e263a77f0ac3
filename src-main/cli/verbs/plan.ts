import { AppError } from '../../../src-shared/errors';
import {
  formatCount,
  formatGeometry,
  formatSize,
  formatSizeBoth,
  geometryForSize,
  predictLayout,
  refusalOf,
  sizeIssues,
  type DiskType,
  type Layout,
  type SizeIssue,
} from '../../../src-shared/vhd';
import { usageError } from '../arguments';
import { otherReadingFields, readSizeAloud, sizeOption } from '../values';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'plan',
    usage: ['plan --type fixed|dynamic|differencing --size SIZE [--block-size SIZE]'],
    about: [
      'Where everything of a new image would lie and how large its file would be, empty and full. Nothing is made.',
      'A size that no sound image can have is refused as "create" would refuse it.',
    ],
    words: ['BAT', 'CHS', 'block', 'sector bitmap'],
    operands: [],
    options: [
      {
        name: 'type',
        value: 'T',
        choices: ['fixed', 'dynamic', 'differencing'],
        text: 'fixed, dynamic or differencing.',
      },
      { name: 'size', value: 'SIZE', text: 'Virtual size, such as 40G, 127GB or 266338304s.' },
      { name: 'block-size', value: 'SIZE', text: 'Data bytes of a block: a power of two, 2M unless given.' },
    ],
    examples: [
      {
        command: 'platter plan --type dynamic --size 127G',
        says: 'The file of a dynamic disk of 127 GiB before and after it is filled.',
      },
    ],
  },
  async run(args, context) {
    const typeText = args.value('type');
    const sizeText = args.value('size');
    if (typeText === undefined) throw usageError('platter plan needs --type fixed, dynamic or differencing.');
    if (sizeText === undefined) throw usageError('platter plan needs --size SIZE.');
    const type = typeText as DiskType;
    const size = readSizeAloud(sizeText, '--size', context);
    const blockSizeBytes = sizeOption(args, 'block-size', context);
    if (type === 'fixed' && blockSizeBytes !== undefined) {
      throw usageError('A fixed disk has no blocks, so it takes no --block-size.');
    }
    const request = { type, sizeBytes: size.bytes, blockSizeBytes };
    const issues = sizeIssues(request);
    const error = issues.find((issue) => issue.severity === 'error');
    if (error !== undefined) {
      throw new AppError(refusalOf(error.code), error.message, {
        data: { reason: error.code, sizeBytes: size.bytes },
      });
    }
    const layout = predictLayout(request);
    const geometry = geometryForSize(size.bytes);
    context.printJson({ ...layout, ...otherReadingFields(size), geometry, warnings: issues });
    printPlan(layout, issues, context);
    return Promise.resolve(EXIT_DONE);
  },
};

function printPlan(layout: Layout, issues: readonly SizeIssue[], { out, style }: VerbContext): void {
  out.heading(`A ${layout.type} disk of ${formatSizeBoth(layout.sizeBytes)}`);
  out.facts([
    ['File, empty', formatSizeBoth(layout.emptyFileBytes)],
    ['File, full', formatSizeBoth(layout.fullFileBytes)],
    ['Geometry', formatGeometry(geometryForSize(layout.sizeBytes))],
    [
      'Blocks',
      layout.blockSizeBytes === null
        ? null
        : `${formatCount(layout.maxTableEntries)} of ${formatSizeBoth(layout.blockSizeBytes)}, each behind a sector bitmap of ${formatSize(layout.bitmapBytes)}`,
    ],
  ]);
  out.line();
  out.heading('Layout');
  out.table(
    [{ title: 'Offset', align: 'right' }, { title: 'Length', align: 'right' }, { title: 'What' }],
    layoutRows(layout),
  );
  for (const issue of issues) {
    out.line();
    out.paragraph(`${style.warning('Note:')} ${issue.message}`, 6);
  }
}

function layoutRows(layout: Layout): string[][] {
  const row = (offset: number, length: number | null, what: string): string[] => [
    formatCount(offset),
    length === null ? '' : formatCount(length),
    what,
  ];
  if (layout.type === 'fixed') {
    return [row(0, layout.sizeBytes, 'the disk, sector by sector'), row(layout.sizeBytes, 512, 'footer')];
  }
  return [
    row(0, 512, 'footer copy'),
    row(layout.headerOffset ?? 0, 1024, 'dynamic disk header'),
    row(layout.batOffset ?? 0, layout.batBytes, `BAT, ${formatCount(layout.maxTableEntries)} entries`),
    ...(layout.locatorsOffset === null
      ? []
      : [row(layout.locatorsOffset, layout.locatorsBytes, 'parent locators (room for two usual paths)')]),
    row(layout.dataOffset, null, 'blocks, one behind the other, as they are written'),
    row(layout.emptyFileBytes - 512, 512, 'footer (moves back as blocks are added)'),
  ];
}
