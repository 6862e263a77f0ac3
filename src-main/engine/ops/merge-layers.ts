import { invariant } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import type { ChainMember } from '../chain';
import { DifferencingDisk } from '../disk';
import type { DiskExtent, OperationContext, VirtualDisk, WritableDisk } from '../disk/virtual-disk';
import { Breather, PhaseProgress } from './operation';

/** Written at once at most; the writer flushes a few times for each write that makes new blocks. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** What the members above an ancestor hold by themselves. */
export interface MergedLayers {
  /** Shows them over nothing; not to be closed: their files belong to the chain. */
  readonly disk: VirtualDisk;
  readonly totalBytes: number;
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
  return { disk, totalBytes };
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

/** Writes what the layers hold into `target`. */
export async function mergeLayers(
  { disk, totalBytes }: MergedLayers,
  target: WritableDisk,
  context: OperationContext,
): Promise<void> {
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
