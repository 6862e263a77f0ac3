import { invariant } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import type { ChainMember } from '../chain';
import { DifferencingDisk, isAllZero } from '../disk';
import type { DiskExtent, OperationContext, VirtualDisk, WritableDisk } from '../disk/virtual-disk';
import { Breather, PhaseProgress } from './operation';

/** Written at once at most; the writer flushes a few times for each write that makes new blocks. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** What is looked at and zeroed at once. */
const WINDOW_BYTES = 8 * 1024 * 1024;

/** What the members above an ancestor hold by themselves. */
export interface MergedLayers {
  /** Shows them over nothing; not to be closed: their files belong to the chain. */
  readonly disk: VirtualDisk;
  readonly totalBytes: number;
  /** From here on a layer in between has ended: what no layer above its end holds shows zeros, whatever lies beneath. */
  readonly hiddenFrom: number;
}

/**
 * The members above an ancestor as a disk of their own, so that nothing of the ancestor is read any more once it is
 * open for writing, and how much they hold.
 */
export async function layersAbove(
  chain: readonly ChainMember[],
  ancestorDepth: number,
): Promise<MergedLayers> {
  let disk: VirtualDisk = new NothingDisk(chain[0]?.disk.sizeBytes ?? 0);
  for (const member of chain.slice(0, ancestorDepth).reverse()) {
    invariant(member.disk instanceof DifferencingDisk, 'what lies above an ancestor is differencing');
    const { file, table, damage } = member.disk;
    disk = new DifferencingDisk(file, table, damage, disk);
  }
  let totalBytes = 0;
  const breather = new Breather({});
  for await (const { length } of heldRuns(disk)) {
    totalBytes += length;
    await breather.breathe();
  }
  const between = chain.slice(1, ancestorDepth).map((member) => member.disk.sizeBytes);
  return { disk, totalBytes, hiddenFrom: Math.min(disk.sizeBytes, ...between) };
}

/** Every sector whose bit is set in a layer, zeros too, as runs in order; neighbours are one. Nothing is kept of them. */
export async function* heldRuns(disk: VirtualDisk): AsyncGenerator<GuestRange> {
  let start = 0;
  let end = 0;
  for await (const { offset, length, state } of disk.extents(0, disk.sizeBytes)) {
    if (state !== 'data' && state !== 'parent') continue;
    if (offset !== end) {
      if (end > start) yield { offset: start, length: end - start };
      start = offset;
    }
    end = offset + length;
  }
  if (end > start) yield { offset: start, length: end - start };
}

/** Writes what the layers hold into `target`, and zeros where they hide what it has. */
export async function mergeLayers(
  layers: MergedLayers,
  target: WritableDisk,
  context: OperationContext,
): Promise<void> {
  const { disk, totalBytes } = layers;
  const progress = new PhaseProgress(context, 'merge', totalBytes);
  const buffer = new Uint8Array(PIECE_BYTES);
  for await (const { offset, length } of heldRuns(disk)) {
    const end = offset + length;
    for (let position = offset; position < end;) {
      // pieces end at their multiples, so that a block is not begun in one and ended in the next without need
      const bytes = Math.min(end - position, PIECE_BYTES - (position % PIECE_BYTES));
      const piece = buffer.subarray(0, bytes);
      await disk.readAt(piece, position);
      await target.writeAt(piece, position);
      const range = { offset: position, length: bytes };
      progress.advance(bytes, range, range);
      position += bytes;
    }
  }
  await hideBehindShortLayers(layers, target, context);
}

/** A layer that is shorter than those above it hides the target from its end on, where nothing above it is held. */
async function hideBehindShortLayers(
  { disk, hiddenFrom }: MergedLayers,
  target: WritableDisk,
  context: OperationContext,
): Promise<void> {
  const end = Math.min(disk.sizeBytes, target.sizeBytes);
  if (hiddenFrom >= end) return;
  let position = hiddenFrom;
  for await (const held of heldRuns(disk)) {
    if (held.offset > position) await zeroWhatShows(target, position, Math.min(held.offset, end), context);
    position = Math.max(position, held.offset + held.length);
    if (position >= end) return;
  }
  await zeroWhatShows(target, position, end, context);
}

async function zeroWhatShows(
  target: WritableDisk,
  start: number,
  end: number,
  context: OperationContext,
): Promise<void> {
  const breather = new Breather(context);
  for (let from = start; from < end; from += WINDOW_BYTES) {
    // as it was before the first of these writes: a new block of a child changes its extents
    const extents: DiskExtent[] = [];
    for await (const extent of target.extents(from, Math.min(WINDOW_BYTES, end - from))) extents.push(extent);
    for (const { offset, length, state } of extents) {
      await breather.breathe();
      if (state !== 'data' && state !== 'parent') continue;
      const bytes = new Uint8Array(length);
      await target.readAt(bytes, offset);
      if (!isAllZero(bytes)) await target.writeZeros(offset, length);
    }
  }
}

/** Stands for what must not be read. */
class NothingDisk implements VirtualDisk {
  readonly sizeBytes: number;
  readonly blockSizeBytes = null;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
  }

  readAt(target: Uint8Array): Promise<void> {
    target.fill(0);
    return Promise.resolve();
  }

  async *extents(offset: number, length: number): AsyncGenerator<DiskExtent> {
    yield { offset, length, state: 'unallocated', depth: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
