import type { QemuExtent } from '../../../src-shared/model/map';
import {
  BlockDisk,
  DifferencingDisk,
  FixedDisk,
  UNALLOCATED,
  type OperationContext,
  type VirtualDisk,
} from '../disk';
import { FlatDisk } from '../disk/flat-disk';
import { requireGuestRange } from '../disk/range';
import type { MapRange } from './map';
import { Breather } from './operation';

/**
 * What `qemu-img map --output=json` prints, over the current size, the chain included, `depth` 0 the file opened, one
 * after another as they are found. By the block, as QEMU sees it, which takes every allocated block as data whatever
 * its sector bitmap says: the topmost file that has the block counts. Fixed and raw disks by the holes of their file.
 * @throws AppError `usage` outside the disk, `damaged-range`, `cancelled`.
 */
export async function* mapAsQemu(
  disk: VirtualDisk,
  range: MapRange = {},
  context: OperationContext = {},
): AsyncGenerator<QemuExtent> {
  const offset = range.offset ?? 0;
  const length = range.length ?? Math.max(0, disk.sizeBytes - offset);
  requireGuestRange(disk.sizeBytes, offset, length);
  const breather = new Breather(context);
  let last = null as QemuExtent | null;
  for await (const next of extentsOf(disk, offset, offset + length, 0)) {
    await breather.breathe();
    if (last && continues(last, next)) {
      last = { ...last, length: last.length + next.length };
      continue;
    }
    if (last) yield last;
    last = next;
  }
  if (last) yield last;
}

function extentsOf(disk: VirtualDisk, from: number, to: number, depth: number): AsyncIterable<QemuExtent> {
  if (disk instanceof BlockDisk) return extentsOfBlocks(disk, from, to, depth);
  return extentsOfFlat(disk, from, to, depth);
}

async function* extentsOfBlocks(
  disk: BlockDisk,
  from: number,
  to: number,
  depth: number,
): AsyncGenerator<QemuExtent> {
  const { table, damage } = disk;
  const endBlock = Math.ceil(to / table.blockSizeBytes);
  for (let block = Math.floor(from / table.blockSizeBytes); block < endBlock;) {
    const place = table.placeOf(block);
    const next = place === UNALLOCATED ? table.skipUnallocated(block, endBlock) : block + 1;
    const start = Math.max(from, block * table.blockSizeBytes);
    const end = Math.min(to, next * table.blockSizeBytes);
    if (place === UNALLOCATED) yield* extentsBeneath(disk, start, end, depth);
    else if (place < 0) {
      damage.meet(start, end - start, table.describeDamage(block));
      yield zeros(start, end);
    } else yield* extentsOfStored(disk, block, start, end, depth);
    block = next;
  }
}

/** One allocated block; of one that the file's end cuts off, what its bits say is lost counts as damage. */
async function* extentsOfStored(
  disk: BlockDisk,
  block: number,
  start: number,
  end: number,
  depth: number,
): AsyncGenerator<QemuExtent> {
  const { table, damage } = disk;
  const place = table.placeOf(block);
  const toFile = place + table.bitmapBytes - block * table.blockSizeBytes;
  if (end + toFile <= place + table.bitmapBytes + table.storedBytes(place)) {
    yield stored(start, end, depth, start + toFile, false);
    return;
  }
  for (const { kind, offset, length, reason } of await disk.runs(start, end - start)) {
    if (kind === 'damaged') {
      damage.meet(offset, length, reason);
      yield zeros(offset, offset + length);
    } else yield stored(offset, offset + length, depth, offset + toFile, false);
  }
}

async function* extentsBeneath(
  disk: BlockDisk,
  start: number,
  end: number,
  depth: number,
): AsyncGenerator<QemuExtent> {
  const inParent = disk instanceof DifferencingDisk ? Math.min(end, disk.parent.sizeBytes) : start;
  if (disk instanceof DifferencingDisk && inParent > start)
    yield* extentsOf(disk.parent, start, inParent, depth + 1);
  if (inParent < end) yield zeros(Math.max(start, inParent), end);
}

/** COMPAT(qemu-img 7.2): a hole of a fixed image is `data` that is `zero`, a hole of a raw one is no data. */
async function* extentsOfFlat(
  disk: VirtualDisk,
  from: number,
  to: number,
  depth: number,
): AsyncGenerator<QemuExtent> {
  const storedBytes = disk instanceof FlatDisk ? disk.storedBytes : 0;
  for await (const { offset, length, state, fileOffset } of disk.extents(from, to - from)) {
    const end = offset + length;
    if (state === 'data') yield stored(offset, end, depth, fileOffset ?? offset, false);
    else if (offset >= storedBytes) yield zeros(offset, end);
    else yield { ...stored(offset, end, depth, offset, true), data: disk instanceof FixedDisk };
  }
}

const stored = (
  start: number,
  end: number,
  depth: number,
  fileOffset: number,
  zero: boolean,
): QemuExtent => ({
  start,
  length: end - start,
  depth,
  present: true,
  zero,
  data: true,
  offset: fileOffset,
});

/** What no file of the chain stores. */
const zeros = (start: number, end: number): QemuExtent => ({
  start,
  length: end - start,
  depth: 0,
  present: true,
  zero: true,
  data: false,
});

function continues(last: QemuExtent, next: QemuExtent): boolean {
  if (last.data !== next.data || last.zero !== next.zero || last.depth !== next.depth) return false;
  if (last.offset === undefined) return next.offset === undefined;
  return last.offset + last.length === next.offset;
}
