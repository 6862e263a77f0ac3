import fs from 'node:fs';
import { AppError } from '../../../src-shared/errors';
import { findExtents, punchHole } from './holes';
import type { FileExtent, RandomAccessFile } from './random-access-file';
import { systemError, type SystemOperation } from './system-error';
import { writeZeros } from './write-zeros';

/** The largest piece handed to the system at once: Linux moves at most 2 GiB - 4 KiB a call. */
const CALL_BYTES_MAX = 1 << 30;
/** What `stat` counts a file's room in, whatever the file system's blocks are. */
const STAT_BLOCK_BYTES = 512;

export type OpenMode =
  /** Read only. */
  | 'read'
  /** An existing file, read and write. */
  | 'write'
  /** A new file, read and write; refused where something is there already. */
  | 'create';

/** A regular file of the host, opened positionally. Anything else is refused before it can block. */
export class NodeFile implements RandomAccessFile {
  readonly path: string;
  readonly writable: boolean;
  /** For locks and identity; never read or written through directly. */
  readonly fd: number;
  readonly readSync?: (target: Uint8Array, offset: number) => number;
  #closed = false;

  private constructor(path: string, fd: number, writable: boolean) {
    this.path = path;
    this.fd = fd;
    this.writable = writable;
    if (!writable) this.readSync = (target, offset) => this.#readNow(target, offset);
  }

  /** @throws AppError of kind `system`; `not-a-regular-file` for folders, devices and pipes. */
  static async open(path: string, mode: OpenMode): Promise<NodeFile> {
    const at: SystemOperation = { path, operation: 'open' };
    if (path.includes('\0')) throw new AppError('file-not-found', 'A path cannot contain a NUL character.');
    const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NONBLOCK } = fs.constants;
    const access = mode === 'read' ? O_RDONLY : mode === 'write' ? O_RDWR : O_RDWR | O_CREAT | O_EXCL;
    // O_NONBLOCK is absent on Windows; elsewhere it keeps a FIFO swapped in after the stat from blocking us.
    const flags = access | (O_NONBLOCK ?? 0);
    if (mode !== 'create') requireRegular(await statPath(path, at), path);
    const fd = await call<number>((done) => fs.open(path, flags, 0o666, done), at);
    try {
      requireRegular(await call<fs.Stats>((done) => fs.fstat(fd, done), at), path);
    } catch (error) {
      await call<void>((done) => fs.close(fd, done), at);
      throw error;
    }
    return new NodeFile(path, fd, mode !== 'read');
  }

  async size(): Promise<number> {
    return (await this.#stat()).size;
  }

  /** One promise however many calls it takes: reads are what a disk does most. */
  readAt(target: Uint8Array, offset: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const readOn = (filled: number): void => {
        const wanted = Math.min(target.length - filled, CALL_BYTES_MAX);
        const position = offset + filled;
        fs.read(this.fd, target, filled, wanted, position, (error, count) => {
          if (error) reject(systemError(error, this.#at('read', position)));
          else if (count === 0 || filled + count === target.length) resolve(filled + count);
          else readOn(filled + count);
        });
      };
      readOn(0);
    });
  }

  #readNow(target: Uint8Array, offset: number): number {
    // its number may be another file's by now
    if (this.#closed) throw new AppError('internal', `"${this.path}" is closed`);
    let filled = 0;
    while (filled < target.length) {
      const wanted = Math.min(target.length - filled, CALL_BYTES_MAX);
      const position = offset + filled;
      let count: number;
      try {
        count = fs.readSync(this.fd, target, filled, wanted, position);
      } catch (error) {
        throw systemError(error, this.#at('read', position));
      }
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  readPartsAt(parts: readonly Uint8Array[], offset: number): Promise<number> {
    return call<number>((done) => fs.readv(this.fd, parts, offset, done), this.#at('read', offset));
  }

  async writeAt(source: Uint8Array, offset: number): Promise<void> {
    let written = 0;
    while (written < source.length) {
      const wanted = Math.min(source.length - written, CALL_BYTES_MAX);
      const position = offset + written;
      const count = await call<number>(
        (done) => fs.write(this.fd, source, written, wanted, position, done),
        this.#at('write', position),
      );
      written += count;
    }
  }

  async setSize(bytes: number): Promise<void> {
    await call<void>((done) => fs.ftruncate(this.fd, bytes, done), this.#at('resize'));
  }

  /** fdatasync: data, and what is needed to find it again, such as the size; not the times. */
  async flush(): Promise<void> {
    await call<void>((done) => fs.fdatasync(this.fd, done), this.#at('flush'));
  }

  async zeroRange(offset: number, length: number): Promise<void> {
    const end = Math.min(offset + length, await this.size());
    if (end <= offset || punchHole(this.fd, offset, end - offset)) return;
    await writeZeros(offset, end, (zeros, at) => this.writeAt(zeros, at));
  }

  async extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    const stats = await this.#stat();
    const end = Math.min(offset + length, stats.size);
    if (end <= offset) return [];
    // A file that takes as much room as it has bytes has no holes worth asking for, which would load a library.
    if (stats.blocks * STAT_BLOCK_BYTES >= stats.size)
      return [{ offset, length: end - offset, kind: 'data' }];
    return findExtents(this.fd, offset, end);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await call<void>((done) => fs.close(this.fd, done), this.#at('close'));
  }

  #stat(): Promise<fs.Stats> {
    return call<fs.Stats>((done) => fs.fstat(this.fd, done), this.#at('read'));
  }

  #at(operation: SystemOperation['operation'], offset?: number): SystemOperation {
    return { path: this.path, operation, offset };
  }
}

async function statPath(path: string, at: SystemOperation): Promise<fs.Stats> {
  return call<fs.Stats>((done) => fs.stat(path, done), at);
}

function requireRegular(stats: fs.Stats, path: string): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new AppError('not-a-regular-file', `"${path}" is ${what}, not a regular file.`, {
    context: { path },
  });
}

type Done<T> = (error: NodeJS.ErrnoException | null, value?: T) => void;

/** A callback call as a promise, its errors in the catalogue's words. Cheaper than node:fs/promises for small reads. */
function call<T>(start: (done: Done<T>) => void, at: SystemOperation): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    start((error, value) => {
      if (error) reject(systemError(error, at));
      else resolve(value as T);
    });
  });
}
