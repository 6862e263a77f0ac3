import { mapAsQemu, mapBlocks, mapBlockSizeBytes, type OpenedDisk } from '../../engine';
import { LongList } from '../long-list';
import { READING_OPTIONS, readingOptions, withDisk } from '../reading';
import { printBlockMap, printExtents, sumByState, type MapBounds, type StateSums } from '../text/map';
import { bytesOption, rangeWithin } from '../values';
import { EXIT_DONE, type Verb } from '../verb';

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
    return withDisk(args.operand(0), reading, context, async (disk, opened, notes) => {
      const range = rangeWithin(disk.sizeBytes, bytesOption(args, 'offset'), bytesOption(args, 'length'));
      if (isQemu) {
        const extents = await LongList.of(mapAsQemu(disk, range, context));
        await context.printLongJson({ head: null, listName: '', list: extents });
        await printExtents(extents, await boundsOf(opened), context.out);
        return EXIT_DONE;
      }
      const blockSizeBytes = mapBlockSizeBytes(disk);
      const sums: StateSums = new Map();
      const runs = await LongList.of(sumByState(mapBlocks(disk, range, context), sums));
      await context.printLongJson({ head: { blockSizeBytes, ...notes }, listName: 'blocks', list: runs });
      await printBlockMap(blockSizeBytes, runs, sums, await boundsOf(opened), context.out);
      return EXIT_DONE;
    });
  },
};

async function boundsOf({ disk, chain }: OpenedDisk): Promise<MapBounds> {
  const fileSizes = await Promise.all(chain.map(({ file }) => file.size()));
  return { virtualSizeBytes: disk.sizeBytes, fileSizeBytes: Math.max(...fileSizes) };
}
