import type { RandomAccessFile } from '../io';

/** The same file, its flushes left out: where a crash is somebody else's business, such as a journal's or a new file's. */
export function withoutFlush(file: RandomAccessFile): RandomAccessFile {
  return {
    path: file.path,
    writable: true,
    size: () => file.size(),
    readAt: (target, offset) => file.readAt(target, offset),
    writeAt: (source, offset) => file.writeAt(source, offset),
    setSize: (bytes) => file.setSize(bytes),
    flush: () => Promise.resolve(),
    zeroRange: (offset, length) => file.zeroRange(offset, length),
    extents: (offset, length) => file.extents(offset, length),
    close: () => file.close(),
  };
}
