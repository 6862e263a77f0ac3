import { BlockDisk } from './block-disk';
import type { DiskExtent } from './virtual-disk';

/**
 * A dynamic disk: a sector without a set bit reads as zeros, whatever lies there in the file (spec, "Data blocks";
 * QEMU and vhd-lib would give what lies there, K§3 #65).
 */
export class DynamicDisk extends BlockDisk {
  protected fillBeneath(target: Uint8Array): Promise<void> {
    target.fill(0);
    return Promise.resolve();
  }

  protected async *extentsBeneath(
    offset: number,
    length: number,
    isClear: boolean,
  ): AsyncGenerator<DiskExtent> {
    yield { offset, length, state: isClear ? 'zero' : 'unallocated', depth: 0 };
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
