import type { RandomAccessFile } from '../io';
import { BlockDisk } from './block-disk';
import type { BlockTable } from './block-table';
import type { Damage } from './damage';
import type { DiskExtent, VirtualDisk } from './virtual-disk';

/**
 * A differencing disk over its parent: a sector with its bit set is here, every other one is the parent's. A parent
 * that is shorter than its child counts as followed by zeros; what a longer one has beyond the child is not seen.
 */
export class DifferencingDisk extends BlockDisk {
  readonly parent: VirtualDisk;

  /** Takes both over: `close` closes the file and the parent. */
  constructor(file: RandomAccessFile, table: BlockTable, damage: Damage, parent: VirtualDisk) {
    super(file, table, damage);
    this.parent = parent;
  }

  protected fillBeneath(target: Uint8Array, offset: number): Promise<void> {
    return offset + target.length <= this.parent.sizeBytes
      ? this.parent.readAt(target, offset)
      : this.#fillOverEnd(target, offset);
  }

  /** At `offset`, what reaches over the end of the parent, or lies behind it. */
  async #fillOverEnd(target: Uint8Array, offset: number): Promise<void> {
    const inParent = Math.max(0, Math.min(target.length, this.parent.sizeBytes - offset));
    if (inParent > 0) await this.parent.readAt(target.subarray(0, inParent), offset);
    target.fill(0, inParent);
  }

  protected async *extentsBeneath(offset: number, length: number): AsyncGenerator<DiskExtent> {
    const inParent = Math.max(0, Math.min(length, this.parent.sizeBytes - offset));
    if (inParent > 0) {
      for await (const extent of this.parent.extents(offset, inParent)) {
        const state = extent.state === 'data' ? 'parent' : extent.state;
        yield { ...extent, state, depth: extent.depth + 1 };
      }
    }
    // nobody stores what is behind the parent's end
    if (inParent < length) {
      yield { offset: offset + inParent, length: length - inParent, state: 'unallocated', depth: 0 };
    }
  }

  async close(): Promise<void> {
    try {
      await this.file.close();
    } finally {
      await this.parent.close();
    }
  }
}
