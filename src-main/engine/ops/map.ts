import type { BlockRun, BlockState } from '../../../src-shared/model/map';
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

/** The blocks of a map: 2 MiB where the disk has none. */
export const mapBlockSizeBytes = (disk: VirtualDisk): number =>
  disk.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES;

/**
 * Allocation by the block, run by run as it is found, as there can be millions: `data` stored here as a whole,
 * `partial` in part, `zero` allocated or known but reading as zeros, `parent` stored by an ancestor only. Equal
 * neighbours are one run; a run with a file offset lies in one piece, so that a jump in the file starts a new one.
 * @throws AppError `usage` outside the disk, `damaged-range`, `cancelled`.
 */
export async function* mapBlocks(
  disk: VirtualDisk,
  range: MapRange = {},
  context: OperationContext = {},
): AsyncGenerator<BlockRun> {
  const blockSizeBytes = mapBlockSizeBytes(disk);
  const runs = new RunMerger(strideBytes(disk, blockSizeBytes));
  let tally: BlockTally | null = null;
  for await (const extent of extentsOf(disk, range, context)) {
    const end = extent.offset + extent.length;
    for (let position = extent.offset; position < end;) {
      const index = Math.floor(position / blockSizeBytes);
      if (tally && tally.index !== index) {
        const before = runs.addBlock(tally);
        if (before) yield before;
        tally = null;
      }
      const blockEnd = Math.min((index + 1) * blockSizeBytes, disk.sizeBytes);
      // whole blocks of one kind that store nothing need no counting one by one
      const wholeBlocks = tally ? 0 : Math.floor((end - position) / blockSizeBytes);
      if (wholeBlocks > 1 && position % blockSizeBytes === 0 && extent.state !== 'data') {
        const before = runs.add(index, wholeBlocks, extent.state, null);
        if (before) yield before;
        position += wholeBlocks * blockSizeBytes;
        continue;
      }
      const length = Math.min(end, blockEnd) - position;
      tally ??= newTally(index);
      add(tally, extent, position, length, index * blockSizeBytes);
      position += length;
    }
  }
  const before = tally && runs.addBlock(tally);
  if (before) yield before;
  if (runs.open) yield runs.open;
}

/** Makes one run of equal neighbours. */
class RunMerger {
  readonly #strideBytes: number;
  #open: { index: number; count: number; state: BlockState; fileOffset?: number } | null = null;
  /** Where the data of the next block lies if it continues the last one's. */
  #nextFileOffset: number | null = null;

  constructor(strideBytes: number) {
    this.#strideBytes = strideBytes;
  }

  /** The run that may still grow. */
  get open(): BlockRun | null {
    return this.#open;
  }

  /** @returns the run in front of these blocks where they begin a new one. */
  add(index: number, count: number, state: BlockState, fileOffset: number | null): BlockRun | null {
    const last = this.#open;
    const isNeighbour = last?.state === state && last.index + last.count === index;
    const continues =
      fileOffset === null ? last?.fileOffset === undefined : fileOffset === this.#nextFileOffset;
    if (fileOffset !== null) this.#nextFileOffset = fileOffset + this.#strideBytes;
    if (last && isNeighbour && continues) {
      last.count += count;
      return null;
    }
    this.#open = { index, count, state, ...(fileOffset === null ? {} : { fileOffset }) };
    return last;
  }

  addBlock(tally: BlockTally): BlockRun | null {
    return this.add(tally.index, 1, stateOf(tally), tally.dataBytes > 0 ? tally.dataOffset : null);
  }
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
