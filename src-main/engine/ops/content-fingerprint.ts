import { createHash } from 'node:crypto';
import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { slotData, type ContentSink, type Slot } from './content-sink';
import { copyContent } from './copy-content';
import { isZero } from './zero-runs';

/**
 * SHA-256 over guest content as a proof that two disks show the same: the sectors that are not zero, and where they
 * lie. Zeros cost nothing, however they are stored; how content is cut into blocks and extents makes no difference.
 * Content behind `sizeBytes` is left out; a shorter disk counts as followed by zeros.
 */
export async function contentFingerprint(
  disk: VirtualDisk,
  sizeBytes: number,
  context: OperationContext,
  phase: string,
): Promise<string> {
  const sink = new FingerprintSink();
  await copyContent(cutTo(disk, sizeBytes), sink, context, phase);
  return sink.digest();
}

class FingerprintSink implements ContentSink {
  readonly pieceBytes = 2 * 1024 * 1024;
  readonly #content = createHash('sha256');
  readonly #places = createHash('sha256');
  #runStart = 0;
  #runEnd = 0;

  accept(guestOffset: number, slot: Slot): Promise<void> {
    const data = slotData(slot);
    for (let at = 0; at < data.length;) {
      const end = this.#endOfRun(data, guestOffset, at);
      const isData = !isZero(this.#sectorAt(data, guestOffset, at));
      if (isData) {
        this.#content.update(data.subarray(at, end));
        this.#addRun(guestOffset + at, guestOffset + end);
      }
      at = end;
    }
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.#closeRun();
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  digest(): string {
    return createHash('sha256').update(this.#places.digest()).update(this.#content.digest()).digest('hex');
  }

  /** Where the sectors stop being all zero, or all not zero, as the one at `at` is. */
  #endOfRun(data: Uint8Array, guestOffset: number, at: number): number {
    const isData = !isZero(this.#sectorAt(data, guestOffset, at));
    let end = at + this.#sectorAt(data, guestOffset, at).length;
    while (end < data.length) {
      const sector = this.#sectorAt(data, guestOffset, end);
      if (isZero(sector) === isData) return end;
      end += sector.length;
    }
    return end;
  }

  /** The rest of the guest sector that `at` lies in: pieces of odd disks need not begin at one. */
  #sectorAt(data: Uint8Array, guestOffset: number, at: number): Uint8Array {
    return data.subarray(at, at + SECTOR_SIZE_BYTES - ((guestOffset + at) % SECTOR_SIZE_BYTES));
  }

  #addRun(start: number, end: number): void {
    if (start !== this.#runEnd) {
      this.#closeRun();
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  #closeRun(): void {
    if (this.#runEnd > this.#runStart) this.#places.update(`${this.#runStart} ${this.#runEnd}\n`);
    this.#runStart = this.#runEnd;
  }
}

function cutTo(disk: VirtualDisk, sizeBytes: number): VirtualDisk {
  if (disk.sizeBytes <= sizeBytes) return disk;
  return {
    sizeBytes,
    blockSizeBytes: disk.blockSizeBytes,
    readAt: (target, offset) => disk.readAt(target, offset),
    extents: (offset, length) => disk.extents(offset, length),
    close: () => disk.close(),
  };
}
