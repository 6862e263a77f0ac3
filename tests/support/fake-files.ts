import type { FileExtent, RandomAccessFile } from '../../src-main/engine/io/random-access-file';
import { systemError } from '../../src-main/engine/io/system-error';

/** A file in one growing buffer. */
export class MemoryFile implements RandomAccessFile {
  readonly path: string;
  readonly writable: boolean;
  closed = false;
  #bytes: Uint8Array;
  #sizeBytes: number;

  constructor(bytes: Uint8Array = new Uint8Array(0), path = 'memory.vhd', writable = true) {
    this.#bytes = Uint8Array.from(bytes);
    this.#sizeBytes = bytes.length;
    this.path = path;
    this.writable = writable;
  }

  /** A copy of the content. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#sizeBytes);
  }

  size(): Promise<number> {
    return Promise.resolve(this.#sizeBytes);
  }

  readAt(target: Uint8Array, offset: number): Promise<number> {
    const end = Math.min(this.#sizeBytes, offset + target.length);
    if (end <= offset) return Promise.resolve(0);
    target.set(this.#bytes.subarray(offset, end));
    return Promise.resolve(end - offset);
  }

  writeAt(source: Uint8Array, offset: number): Promise<void> {
    if (source.length === 0) return Promise.resolve();
    this.#grow(offset + source.length);
    this.#bytes.set(source, offset);
    return Promise.resolve();
  }

  setSize(bytes: number): Promise<void> {
    if (bytes < this.#sizeBytes) this.#bytes.fill(0, bytes, this.#sizeBytes);
    else this.#grow(bytes);
    this.#sizeBytes = bytes;
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  zeroRange(offset: number, length: number): Promise<void> {
    this.#bytes.fill(0, Math.min(offset, this.#sizeBytes), Math.min(offset + length, this.#sizeBytes));
    return Promise.resolve();
  }

  extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    const end = Math.min(offset + length, this.#sizeBytes);
    return Promise.resolve(end > offset ? [{ offset, length: end - offset, kind: 'data' }] : []);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #grow(sizeBytes: number): void {
    if (sizeBytes > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(sizeBytes, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#sizeBytes));
      this.#bytes = larger;
    }
    this.#sizeBytes = Math.max(this.#sizeBytes, sizeBytes);
  }
}

const PAGE_BYTES = 64 * 1024;

/** A file of any size (tens of TiB) of which only the pages written take memory. */
export class SparseMemoryFile implements RandomAccessFile {
  readonly path: string;
  readonly writable: boolean;
  closed = false;
  #sizeBytes: number;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(sizeBytes = 0, path = 'sparse.vhd', writable = true) {
    this.#sizeBytes = sizeBytes;
    this.path = path;
    this.writable = writable;
  }

  /** Bytes of memory that the pages take. */
  get residentBytes(): number {
    return this.#pages.size * PAGE_BYTES;
  }

  size(): Promise<number> {
    return Promise.resolve(this.#sizeBytes);
  }

  readAt(target: Uint8Array, offset: number): Promise<number> {
    const end = Math.min(this.#sizeBytes, offset + target.length);
    if (end <= offset) return Promise.resolve(0);
    target.subarray(0, end - offset).fill(0);
    this.#forPages(offset, end, (page, from, to, at) => {
      const bytes = this.#pages.get(page);
      if (bytes) target.set(bytes.subarray(from, to), at);
    });
    return Promise.resolve(end - offset);
  }

  writeAt(source: Uint8Array, offset: number): Promise<void> {
    if (source.length === 0) return Promise.resolve();
    this.#forPages(offset, offset + source.length, (page, from, to, at) => {
      const bytes = this.#pages.get(page) ?? new Uint8Array(PAGE_BYTES);
      bytes.set(source.subarray(at, at + to - from), from);
      this.#pages.set(page, bytes);
    });
    this.#sizeBytes = Math.max(this.#sizeBytes, offset + source.length);
    return Promise.resolve();
  }

  setSize(bytes: number): Promise<void> {
    if (bytes < this.#sizeBytes) this.#zero(bytes, this.#sizeBytes);
    this.#sizeBytes = bytes;
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  zeroRange(offset: number, length: number): Promise<void> {
    this.#zero(offset, Math.min(offset + length, this.#sizeBytes));
    return Promise.resolve();
  }

  extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    const end = Math.min(offset + length, this.#sizeBytes);
    const pages = [...this.#pages.keys()].sort((a, b) => a - b);
    const extents: FileExtent[] = [];
    let position = offset;
    const push = (to: number, kind: FileExtent['kind']): void => {
      if (to > position) extents.push({ offset: position, length: to - position, kind });
      position = Math.max(position, to);
    };
    for (const page of pages) {
      if ((page + 1) * PAGE_BYTES <= offset || page * PAGE_BYTES >= end) continue;
      push(Math.max(offset, page * PAGE_BYTES), 'hole');
      push(Math.min(end, (page + 1) * PAGE_BYTES), 'data');
    }
    push(end, 'hole');
    return Promise.resolve(extents);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #zero(start: number, end: number): void {
    for (const [page, bytes] of this.#pages) {
      const from = Math.max(0, start - page * PAGE_BYTES);
      const to = Math.min(PAGE_BYTES, end - page * PAGE_BYTES);
      if (from === 0 && to === PAGE_BYTES) this.#pages.delete(page);
      else if (to > from) bytes.fill(0, from, to);
    }
  }

  #forPages(
    start: number,
    end: number,
    visit: (page: number, from: number, to: number, at: number) => void,
  ): void {
    for (let position = start; position < end;) {
      const page = Math.floor(position / PAGE_BYTES);
      const from = position - page * PAGE_BYTES;
      const to = Math.min(PAGE_BYTES, end - page * PAGE_BYTES);
      visit(page, from, to, position - start);
      position = page * PAGE_BYTES + to;
    }
  }
}

export type FileCallName =
  'size' | 'readAt' | 'writeAt' | 'setSize' | 'flush' | 'zeroRange' | 'extents' | 'close';

/** A call to a file: what, where, how much, and its number among all calls (from 0). */
export interface FileCall {
  readonly name: FileCallName;
  readonly offset: number;
  readonly length: number;
  readonly index: number;
}

/** What goes wrong with a call: an error, before which `doneBytes` of it were done, or a read that is cut short. */
export type Fault =
  | { readonly errno: 'EIO' | 'ENOSPC' | 'EACCES' | 'ESTALE'; readonly doneBytes?: number }
  | { readonly shortReadBytes: number };

export type FaultPlan = (call: FileCall) => Fault | null;

/** Fails the call of this number, counted over all calls. */
export const failCall =
  (index: number, errno: 'EIO' | 'ENOSPC' = 'EIO', doneBytes = 0): FaultPlan =>
  (call) =>
    call.index === index ? { errno, doneBytes } : null;

/** A file whose calls fail by plan. `close` always works. */
export class FaultyFile implements RandomAccessFile {
  readonly path: string;
  readonly writable: boolean;
  readonly calls: FileCall[] = [];
  plan: FaultPlan;
  readonly #base: RandomAccessFile;

  constructor(base: RandomAccessFile, plan: FaultPlan) {
    this.#base = base;
    this.plan = plan;
    this.path = base.path;
    this.writable = base.writable;
  }

  async size(): Promise<number> {
    this.#strike('size', 0, 0);
    return this.#base.size();
  }

  async readAt(target: Uint8Array, offset: number): Promise<number> {
    const fault = this.#note('readAt', offset, target.length);
    if (fault && 'shortReadBytes' in fault) {
      return this.#base.readAt(target.subarray(0, fault.shortReadBytes), offset);
    }
    if (fault) throw this.#error(fault.errno, 'read', offset);
    return this.#base.readAt(target, offset);
  }

  async writeAt(source: Uint8Array, offset: number): Promise<void> {
    const fault = this.#note('writeAt', offset, source.length);
    if (fault && 'errno' in fault) {
      if (fault.doneBytes) await this.#base.writeAt(source.subarray(0, fault.doneBytes), offset);
      throw this.#error(fault.errno, 'write', offset);
    }
    return this.#base.writeAt(source, offset);
  }

  async setSize(bytes: number): Promise<void> {
    this.#strike('setSize', bytes, 0);
    return this.#base.setSize(bytes);
  }

  async flush(): Promise<void> {
    this.#strike('flush', 0, 0);
    return this.#base.flush();
  }

  async zeroRange(offset: number, length: number): Promise<void> {
    this.#strike('zeroRange', offset, length);
    return this.#base.zeroRange(offset, length);
  }

  async extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    this.#strike('extents', offset, length);
    return this.#base.extents(offset, length);
  }

  async close(): Promise<void> {
    this.#note('close', 0, 0);
    return this.#base.close();
  }

  #note(name: FileCallName, offset: number, length: number): Fault | null {
    const call = { name, offset, length, index: this.calls.length };
    this.calls.push(call);
    return this.plan(call);
  }

  #strike(name: FileCallName, offset: number, length: number): void {
    const fault = this.#note(name, offset, length);
    if (fault && 'errno' in fault) {
      throw this.#error(
        fault.errno,
        name === 'flush' ? 'flush' : name === 'setSize' ? 'resize' : 'read',
        offset,
      );
    }
  }

  #error(errno: string, operation: 'read' | 'write' | 'flush' | 'resize', offset: number): Error {
    return systemError(Object.assign(new Error(errno), { code: errno }), {
      path: this.path,
      operation,
      offset,
    });
  }
}

/** Notes every call and passes it on. */
export class RecordingFile extends FaultyFile {
  constructor(base: RandomAccessFile) {
    super(base, () => null);
  }

  named(...names: readonly FileCallName[]): readonly FileCall[] {
    return this.calls.filter((call) => names.includes(call.name));
  }
}
