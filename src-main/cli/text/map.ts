import type { BlockMap, BlockRun, BlockState } from '../../../src-shared/model';
import { formatCount, formatSize, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { TextOutput } from './output';

const STATE_WORDS: Readonly<Record<BlockState, string>> = {
  unallocated: 'not stored, reads as zeros',
  zero: 'stored, and reads as zeros',
  data: 'stored in this file',
  partial: 'partly stored in this file',
  parent: 'stored in a parent',
};

/** Runs of equal blocks, and how much of the disk is what. */
export function printBlockMap(map: BlockMap, out: TextOutput): void {
  const { blockSizeBytes, blocks } = map;
  out.heading(`Blocks of ${formatSizeBoth(blockSizeBytes)}`);
  if (blocks.length === 0) {
    out.line('  The disk has no blocks.');
    return;
  }
  out.table(
    [
      { title: 'Block', align: 'right' },
      { title: 'Blocks', align: 'right' },
      { title: 'Disk offset', align: 'right' },
      { title: 'Length', align: 'right' },
      { title: 'State' },
      { title: 'File offset', align: 'right' },
    ],
    () => rowsOf(map),
  );
  out.line();
  out.facts(
    sumByState(blocks).map(([state, count]) => [
      state,
      `${formatCount(count)} ${count === 1 ? 'block' : 'blocks'}, ${formatSize(count * blockSizeBytes)}: ${STATE_WORDS[state]}`,
    ]),
  );
}

function* rowsOf({ blockSizeBytes, blocks }: BlockMap): Generator<string[]> {
  for (const { index, count, state, fileOffset } of blocks) {
    yield [
      formatCount(index),
      formatCount(count),
      formatCount(index * blockSizeBytes),
      formatSize(count * blockSizeBytes),
      state,
      fileOffset === undefined ? '' : formatCount(fileOffset),
    ];
  }
}

function sumByState(blocks: readonly BlockRun[]): [BlockState, number][] {
  const sums = new Map<BlockState, number>();
  for (const { state, count } of blocks) sums.set(state, (sums.get(state) ?? 0) + count);
  return [...sums];
}
