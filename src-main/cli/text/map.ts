import type { BlockRun, BlockState, QemuExtent } from '../../../src-shared/model';
import { formatCount, formatSize, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { LongList } from '../long-list';
import type { TextOutput } from './output';

const STATE_WORDS: Readonly<Record<BlockState, string>> = {
  unallocated: 'not stored, reads as zeros',
  zero: 'stored, and reads as zeros',
  data: 'stored in this file',
  partial: 'partly stored in this file',
  parent: 'stored in a parent',
};

/** What no number of a map exceeds. */
export interface MapBounds {
  readonly virtualSizeBytes: number;
  /** Of the longest file of the chain. */
  readonly fileSizeBytes: number;
}

/** Blocks by their state, in the order in which the states are met. */
export type StateSums = Map<BlockState, number>;

/** The same runs, added up as they pass. */
export async function* sumByState(runs: AsyncIterable<BlockRun>, sums: StateSums): AsyncGenerator<BlockRun> {
  for await (const run of runs) {
    sums.set(run.state, (sums.get(run.state) ?? 0) + run.count);
    yield run;
  }
}

/** The longest that `formatSize` makes of anything. */
const WIDEST_SIZE = '1023.99 GiB';

/** Runs of equal blocks, and how much of the disk is what: `sums` is whole once the runs have passed. */
export async function printBlockMap(
  blockSizeBytes: number,
  runs: LongList<BlockRun>,
  sums: StateSums,
  bounds: MapBounds,
  out: TextOutput,
): Promise<void> {
  out.heading(`Blocks of ${formatSizeBoth(blockSizeBytes)}`);
  if (runs.isWhole && runs.held.length === 0) {
    out.line('  The disk has no blocks.');
    return;
  }
  const blockCount = formatCount(Math.ceil(bounds.virtualSizeBytes / blockSizeBytes));
  await out.longTable(
    [
      { title: 'Block', align: 'right', widest: blockCount },
      { title: 'Blocks', align: 'right', widest: blockCount },
      { title: 'Disk offset', align: 'right', widest: formatCount(bounds.virtualSizeBytes) },
      { title: 'Length', align: 'right', widest: WIDEST_SIZE },
      { title: 'State', widest: 'unallocated' },
      { title: 'File offset', align: 'right', widest: formatCount(bounds.fileSizeBytes) },
    ],
    runs,
    ({ index, count, state, fileOffset }) => [
      formatCount(index),
      formatCount(count),
      formatCount(index * blockSizeBytes),
      formatSize(count * blockSizeBytes),
      state,
      fileOffset === undefined ? '' : formatCount(fileOffset),
    ],
  );
  out.line();
  out.facts(
    [...sums].map(([state, count]) => [
      state,
      `${formatCount(count)} ${count === 1 ? 'block' : 'blocks'}, ${formatSize(count * blockSizeBytes)}: ${STATE_WORDS[state]}`,
    ]),
  );
}

/** The fields of `qemu-img map`. */
export async function printExtents(
  extents: LongList<QemuExtent>,
  { virtualSizeBytes, fileSizeBytes }: MapBounds,
  out: TextOutput,
): Promise<void> {
  await out.longTable(
    [
      { title: 'Start', align: 'right', widest: formatCount(virtualSizeBytes) },
      { title: 'Length', align: 'right', widest: formatCount(virtualSizeBytes) },
      { title: 'Depth', align: 'right' },
      { title: 'Zero' },
      { title: 'Data' },
      { title: 'File offset', align: 'right', widest: formatCount(fileSizeBytes) },
    ],
    extents,
    ({ start, length, depth, zero, data, offset }) => [
      formatCount(start),
      formatCount(length),
      String(depth),
      zero ? 'yes' : 'no',
      data ? 'yes' : 'no',
      offset === undefined ? '' : formatCount(offset),
    ],
  );
}
