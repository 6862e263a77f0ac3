import type { VirtualDisk } from '../../src-main/engine/disk/virtual-disk';

/** A disk whose guest bytes are a buffer. */
export function memoryDisk(content: Buffer): VirtualDisk {
  return {
    sizeBytes: content.length,
    blockSizeBytes: null,
    readAt(target, offset) {
      content.copy(target, 0, offset, offset + target.length);
      return Promise.resolve();
    },
    async *extents(offset, length) {
      await Promise.resolve();
      yield { offset, length, state: 'data', depth: 0, fileOffset: offset };
    },
    close: () => Promise.resolve(),
  };
}
