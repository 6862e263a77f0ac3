import type { BlockMap, BlockRun, BlockState } from '../../../src-shared/model/map';
import { DEFAULT_BLOCK_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { DiskExtent, OperationContext, VirtualDisk } from '../disk';
import { requireGuestRange } from '../disk/range';
import { sectorBitmapBytes } from '../format';
import { Breather } from './operation';

export interface MapRange {
  /** First guest byte; 0 unless given. */
  readonly offset?: number | undefined;
  /** Guest bytes; up to the end of the disk unless given. */
  readonly length?: number | undefined;
}

/** How many guest bytes of a block are in which state. */
interface BlockTally {
  index: number;
  dataBytes: number;
  parentBytes: number;
  zeroBytes: number;
  lengthBytes: number;
  /** File offset of the block's first data byte, were it stored from its start; null where it is stored in no one piece. */
  dataOffset: number | null;
}

/**
 * Allocation by the block (2 MiB where the disk has none): `data` stored here as a whole, `partial` in part, `zero`
 * allocated or known but reading as zeros, `parent` stored by an ancestor only. Equal neighbours are one run; a run
 * with a file offset lies in one piece, so that a jump in the file starts a new one.
 * @throws AppError `usage` outside the disk, `damaged-range`, `cancelled`.
 */
export async function mapBlocks(
  disk: VirtualDisk,
  range: MapRange = {},
  context: OperationContext = {},
): Promise<BlockMap> {
  const blockSizeBytes = disk.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES;
  const blocks: BlockRun[] = [];
  let next: number | null = null;
  const push = (index: number, count: number, state: BlockState, fileOffset: number | null): void => {
    const last = blocks.at(-1);
    const isNeighbour = last?.state === state && last.index + last.count === index;
    if (last && isNeighbour && (fileOffset === null ? last.fileOffset === undefined : fileOffset === next)) {
      blocks[blocks.length - 1] = { ...last, count: last.count + count };
    } else blocks.push({ index, count, state, ...(fileOffset === null ? {} : { fileOffset }) });
    if (fileOffset !== null) next = fileOffset + strideBytes(disk, blockSizeBytes);
  };
  let tally: BlockTally | null = null;
  const close = (): void => {
    if (tally) push(tally.index, 1, stateOf(tally), tally.dataBytes > 0 ? tally.dataOffset : null);
    tally = null;
  };
  for await (const extent of extentsOf(disk, range, context)) {
    const end = extent.offset + extent.length;
    for (let position = extent.offset; position < end;) {
      const index = Math.floor(position / blockSizeBytes);
      if (tally?.index !== index) close();
      const blockEnd = Math.min((index + 1) * blockSizeBytes, disk.sizeBytes);
      // whole blocks of one kind that store nothing need no counting one by one
      const wholeBlocks = tally ? 0 : Math.floor((end - position) / blockSizeBytes);
      if (wholeBlocks > 1 && position % blockSizeBytes === 0 && extent.state !== 'data') {
        push(index, wholeBlocks, extent.state, null);
        position += wholeBlocks * blockSizeBytes;
        continue;
      }
      const length = Math.min(end, blockEnd) - position;
      tally ??= newTally(index);
      add(tally, extent, position, length, index * blockSizeBytes);
      position += length;
    }
  }
  close();
  return { blockSizeBytes, blocks };
}

async function* extentsOf(
  disk: VirtualDisk,
  range: MapRange,
  context: OperationContext,
): AsyncGenerator<DiskExtent> {
  const offset = range.offset ?? 0;
  const length = range.length ?? Math.max(0, disk.sizeBytes - offset);
  requireGuestRange(disk.sizeBytes, offset, length);
  const breather = new Breather(context);
  for await (const extent of disk.extents(offset, length)) {
    await breather.breathe();
    yield extent;
  }
}

const newTally = (index: number): BlockTally => ({
  index,
  dataBytes: 0,
  parentBytes: 0,
  zeroBytes: 0,
  lengthBytes: 0,
  dataOffset: null,
});

function add(
  tally: BlockTally,
  extent: DiskExtent,
  position: number,
  length: number,
  blockStart: number,
): void {
  tally.lengthBytes += length;
  if (extent.state === 'data') {
    tally.dataBytes += length;
    const offset = (extent.fileOffset ?? 0) + position - extent.offset;
    tally.dataOffset ??= offset - (position - blockStart);
  } else if (extent.state === 'parent') tally.parentBytes += length;
  else if (extent.state === 'zero') tally.zeroBytes += length;
}

function stateOf(tally: BlockTally): BlockState {
  if (tally.dataBytes > 0) return tally.dataBytes === tally.lengthBytes ? 'data' : 'partial';
  if (tally.parentBytes > 0) return 'parent';
  return tally.zeroBytes > 0 ? 'zero' : 'unallocated';
}

/** From one block's data to the next one's where they lie one behind the other: the next bitmap stands between. */
function strideBytes(disk: VirtualDisk, blockSizeBytes: number): number {
  return disk.blockSizeBytes === null ? blockSizeBytes : blockSizeBytes + sectorBitmapBytes(blockSizeBytes);
}
