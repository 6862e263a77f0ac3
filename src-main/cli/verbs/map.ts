import type { QemuExtent } from '../../../src-shared/model';
import { formatCount } from '../../../src-shared/vhd/format-size';
import { mapAsQemu, mapBlocks } from '../../engine';
import { jsonWithLongList } from '../json';
import { READING_OPTIONS, readingOptions, withDisk } from '../reading';
import { printBlockMap } from '../text/map';
import { bytesOption, rangeWithin } from '../values';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'map',
    usage: ['map FILE [--format platter|qemu] [--offset N] [--length N] [OPTIONS]'],
    about: [
      'Which parts of the disk are stored, and where in the file. Reads metadata and sector bitmaps, no data.',
      'unallocated: stored nowhere; zero: known to be zeros; data: stored in this file; partial: partly stored in this file; parent: stored in a parent.',
    ],
    words: ['block', 'sector bitmap'],
    operands: [{ name: 'FILE', required: true }],
    options: [
      {
        name: 'format',
        value: 'F',
        choices: ['platter', 'qemu'],
        text: 'platter (default), block by block; or qemu, with the fields of "qemu-img map --output=json".',
      },
      { name: 'offset', value: 'N', text: 'First byte of the disk; 0 unless given.' },
      { name: 'length', value: 'N', text: 'Bytes; to the end of the disk unless given.' },
      ...READING_OPTIONS,
    ],
    examples: [
      { command: 'platter map disk.vhd', says: 'Runs of equal blocks, and how much of the disk is what.' },
      { command: 'platter map disk.vhd --format qemu --json', says: 'For scripts made for qemu-img.' },
    ],
  },
  async run(args, context) {
    const reading = await readingOptions(args);
    const isQemu = args.value('format') === 'qemu';
    return withDisk(args.operand(0), reading, context, async (disk, _opened, notes) => {
      const range = rangeWithin(disk.sizeBytes, bytesOption(args, 'offset'), bytesOption(args, 'length'));
      if (isQemu) {
        const extents = await mapAsQemu(disk, range, context);
        context.printLongJson(jsonWithLongList(null, '', extents));
        printExtents(extents, context);
        return EXIT_DONE;
      }
      const map = await mapBlocks(disk, range, context);
      const { blockSizeBytes, blocks } = map;
      context.printLongJson(jsonWithLongList({ blockSizeBytes, ...notes }, 'blocks', blocks));
      printBlockMap(map, context.out);
      return EXIT_DONE;
    });
  },
};

function printExtents(extents: readonly QemuExtent[], { out }: VerbContext): void {
  out.table(
    [
      { title: 'Start', align: 'right' },
      { title: 'Length', align: 'right' },
      { title: 'Depth', align: 'right' },
      { title: 'Zero' },
      { title: 'Data' },
      { title: 'File offset', align: 'right' },
    ],
    () => rowsOf(extents),
  );
}

function* rowsOf(extents: readonly QemuExtent[]): Generator<string[]> {
  for (const { start, length, depth, zero, data, offset } of extents) {
    yield [
      formatCount(start),
      formatCount(length),
      String(depth),
      zero ? 'yes' : 'no',
      data ? 'yes' : 'no',
      offset === undefined ? '' : formatCount(offset),
    ];
  }
}
