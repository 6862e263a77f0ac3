import type { RandomAccessFile } from '../io';
import type { Damage } from './damage';
import { readInto } from './gather';
import { requireGuestRange } from './range';
import type { DiskExtent, WritableDisk } from './virtual-disk';

/** Holes are asked for in windows of this size, so that a list of extents never grows with the disk. */
const EXTENT_WINDOW_BYTES = 1024 * 1024 * 1024;

/** Guest bytes that lie in the file as they are, from byte 0: what fixed and raw disks share. */
export abstract class FlatDisk implements WritableDisk {
  readonly file: RandomAccessFile;
  readonly sizeBytes: number;
  readonly blockSizeBytes = null;
  /** Guest bytes that the file holds; fewer than the size where it was cut. */
  readonly storedBytes: number;
  readonly damage: Damage;

  constructor(file: RandomAccessFile, sizeBytes: number, storedBytes: number, damage: Damage) {
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.storedBytes = Math.min(sizeBytes, storedBytes);
    this.damage = damage;
  }

  async readAt(target: Uint8Array, offset: number): Promise<void> {
    requireGuestRange(this.sizeBytes, offset, target.length);
    const stored = Math.max(0, Math.min(target.length, this.storedBytes - offset));
    if (stored < target.length) {
      this.damage.meet(offset + stored, target.length - stored, 'the file ends before them');
      target.fill(0, stored);
    }
    if (stored > 0) await readInto(this.file, offset, target.subarray(0, stored));
  }

  async *extents(offset: number, length: number): AsyncGenerator<DiskExtent> {
    requireGuestRange(this.sizeBytes, offset, length);
    const end = offset + length;
    const storedEnd = Math.min(end, this.storedBytes);
    let position = offset;
    while (position < storedEnd) {
      const window = Math.min(EXTENT_WINDOW_BYTES, storedEnd - position);
      for (const extent of await this.file.extents(position, window)) {
        const { offset: start, length: size } = extent;
        if (extent.kind === 'hole') yield { offset: start, length: size, state: 'zero', depth: 0 };
        else yield { offset: start, length: size, state: 'data', depth: 0, fileOffset: start };
      }
      position += window;
    }
    if (position < end) {
      this.damage.meet(position, end - position, 'the file ends before them');
      yield { offset: position, length: end - position, state: 'zero', depth: 0 };
    }
  }

  async writeAt(source: Uint8Array, offset: number): Promise<void> {
    this.requireStored(offset, source.length);
    await this.file.writeAt(source, offset);
  }

  async writeZeros(offset: number, length: number): Promise<void> {
    this.requireStored(offset, length);
    await this.file.zeroRange(offset, length);
  }

  flush(): Promise<void> {
    return this.file.flush();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** Nothing is ever written where the footer may be. */
  private requireStored(offset: number, length: number): void {
    requireGuestRange(this.storedBytes, offset, length);
  }
}
