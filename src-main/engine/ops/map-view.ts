import {
  MAP_CELL_STATES,
  type FileArea,
  type MapCellState,
  type MapView,
} from '../../../src-shared/model/map';
import {
  BAT_UNUSED,
  DATA_ALIGNMENT_BYTES,
  DEFAULT_BLOCK_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import type { ChainMember, OpenedDisk } from '../chain';
import { BlockDisk, UNALLOCATED, type BlockTable, type OperationContext, type VirtualDisk } from '../disk';
import { sectorBitmapBytes } from '../format';
import { fileAreas } from './file-areas';
import { mapBlocks, mapBlockSizeBytes } from './map';
import { throwIfCancelled } from './operation';

const CODE = Object.fromEntries(MAP_CELL_STATES.map((state, code) => [state, code])) as Readonly<
  Record<MapCellState, number>
>;
/** Blocks between two looks at the cancel button. */
const CHECK_EVERY_BLOCKS = 16_384;
/** Bitmaps asked for together; of the largest blocks they take 16 MiB. */
const BITMAPS_AT_ONCE = 256;

/**
 * The map screen's picture of a disk. `bat` looks at the BATs of the chain only and is fast at a million blocks;
 * `bitmaps` also reads sector bitmaps, so that partial and zero blocks, and the owner of each inherited block, are
 * known. A damaged entry is shown, never refused; open the disk with `allowDamaged`, so that a short fixed one is too.
 */
export async function viewMap(
  opened: OpenedDisk,
  depth: 'bat' | 'bitmaps',
  context: OperationContext = {},
): Promise<MapView> {
  const { disk, metadata } = opened;
  const blockSizeBytes = mapBlockSizeBytes(disk);
  const blockCount = Math.ceil(disk.sizeBytes / blockSizeBytes);
  const states = new Uint8Array(blockCount);
  const owners = opened.chain.length > 1 ? new Uint8Array(blockCount) : new Uint8Array(0);
  if (disk instanceof BlockDisk) {
    fromTable(disk.table, states, context);
    if (depth === 'bitmaps') await refineByBitmaps(disk, states, context);
    if (owners.length > 0) await findOwners(opened.chain, states, owners, depth, context);
  } else await fromFlat(disk, states, context);
  return {
    blockSizeBytes,
    sectorBitmapBytes: disk.blockSizeBytes === null ? 0 : sectorBitmapBytes(blockSizeBytes),
    virtualSizeBytes: disk.sizeBytes,
    fileSizeBytes: await opened.file.size(),
    blockCount,
    states,
    sectors: disk instanceof BlockDisk ? bigEndianSectors(disk.table) : new Uint8Array(0),
    owners,
    ownerNames: opened.chain.slice(1).map((member) => member.path),
    areas: metadata ? await fileAreas(opened.file, metadata) : wholeFile(await opened.file.size()),
    counts: countStates(states),
    depth,
  };
}

/** States by BAT entries alone. */
function fromTable(table: BlockTable, states: Uint8Array, context: OperationContext): void {
  const unalignedState = isMostlyAligned(table) ? CODE.unaligned : CODE.allocated;
  for (let block = 0; block < states.length; block += 1) {
    if (block % CHECK_EVERY_BLOCKS === 0) throwIfCancelled(context);
    const place = table.placeOf(block);
    if (place === UNALLOCATED) states[block] = CODE.unallocated;
    // an entry into the metadata is as wrong as one past the end: no block is there
    else if (place < 0) states[block] = table.damageOf(block) === 'overlap' ? CODE.overlap : CODE.outside;
    else states[block] = isAligned(table, place) ? CODE.allocated : unalignedState;
  }
}

const isAligned = (table: BlockTable, place: number): boolean =>
  (place + table.bitmapBytes) % DATA_ALIGNMENT_BYTES === 0;

/** Whether unaligned blocks are the exception: where the writer did not align at all, nothing is remarkable. */
function isMostlyAligned(table: BlockTable): boolean {
  let aligned = 0;
  let allocated = 0;
  for (let block = 0; block < table.blockCount; block += 1) {
    const entry = table.entryOf(block);
    if (entry === BAT_UNUSED) continue;
    allocated += 1;
    if (isAligned(table, entry * SECTOR_SIZE_BYTES)) aligned += 1;
  }
  return aligned * 2 >= allocated && aligned > 0;
}

/** Blocks whose bits are not all set become `partial`, or `zero` where none is (`parent` in a child, set later). */
async function refineByBitmaps(
  disk: BlockDisk,
  states: Uint8Array,
  context: OperationContext,
): Promise<void> {
  // a disk that turns likes no jumps
  for (const { blocks } of disk.table.inFileOrder()) {
    for (let at = 0; at < blocks.length; at += BITMAPS_AT_ONCE) {
      throwIfCancelled(context);
      const bits = await disk.bitmaps.prefetch([...blocks.subarray(at, at + BITMAPS_AT_ONCE)]);
      for (const [block, what] of bits) {
        if (what === 'all-clear') states[block] = CODE.zero;
        else if (what !== 'all-set') states[block] = CODE.partial;
      }
    }
  }
}

/** For blocks that this image does not store: the nearest ancestor that does. */
async function findOwners(
  chain: readonly ChainMember[],
  states: Uint8Array,
  owners: Uint8Array,
  depth: MapView['depth'],
  context: OperationContext,
): Promise<void> {
  const [leaf] = chain;
  const blockSizeBytes = leaf?.disk.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES;
  const isOpen = (block: number): boolean =>
    owners[block] === 0 &&
    (states[block] === CODE.unallocated || (depth === 'bitmaps' && states[block] === CODE.zero));
  for (const [generation, member] of chain.entries()) {
    if (generation === 0) continue;
    throwIfCancelled(context);
    await forStoredRanges(member.disk, (from, to) => {
      const endBlock = Math.min(states.length, Math.ceil(to / blockSizeBytes));
      for (let block = Math.floor(from / blockSizeBytes); block < endBlock; block += 1) {
        if (!isOpen(block)) continue;
        states[block] = CODE.parent;
        owners[block] = Math.min(255, generation);
      }
    });
  }
}

/** Guest ranges that one image of a chain stores itself, by its BAT alone or, without one, its holes. */
async function forStoredRanges(disk: VirtualDisk, visit: (from: number, to: number) => void): Promise<void> {
  if (disk instanceof BlockDisk) {
    const { table } = disk;
    for (let block = 0; block < table.blockCount; block = table.skipUnallocated(block, table.blockCount)) {
      if (table.placeOf(block) < 0) continue;
      visit(block * table.blockSizeBytes, Math.min(table.sizeBytes, (block + 1) * table.blockSizeBytes));
    }
    return;
  }
  for await (const extent of disk.extents(0, disk.sizeBytes)) {
    if (extent.state === 'data') visit(extent.offset, extent.offset + extent.length);
  }
}

async function fromFlat(disk: VirtualDisk, states: Uint8Array, context: OperationContext): Promise<void> {
  for await (const { index, count, state } of mapBlocks(disk, {}, context)) {
    states.fill(state === 'data' ? CODE.allocated : CODE[state], index, index + count);
  }
}

function bigEndianSectors(table: BlockTable): Uint8Array {
  const bytes = new Uint8Array(table.blockCount * 4);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < table.blockCount; block += 1) view.setUint32(block * 4, table.entryOf(block));
  return bytes;
}

function countStates(states: Uint8Array): MapView['counts'] {
  const totals = new Uint32Array(MAP_CELL_STATES.length);
  for (let block = 0; block < states.length; block += 1) {
    const state = states[block] ?? 0;
    totals[state] = (totals[state] ?? 0) + 1;
  }
  const counts: Partial<Record<MapCellState, number>> = {};
  for (const [code, state] of MAP_CELL_STATES.entries()) {
    const total = totals[code] ?? 0;
    if (total > 0) counts[state] = total;
  }
  return counts;
}

const wholeFile = (sizeBytes: number): readonly FileArea[] => [
  { offset: 0, length: sizeBytes, kind: 'data' },
];
