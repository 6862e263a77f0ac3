import { ExtentTiles } from './extent-tiles';
import type { FileExtent, RandomAccessFile } from './random-access-file';
import { writeZeros } from './write-zeros';

const PAGE_BYTES = 4096;

/**
 * A file seen through changes that are held in memory only: what a repair would make of it, before it does.
 * Memory grows by the pages written, never by the file.
 */
export class OverlayFile implements RandomAccessFile {
  readonly path: string;
  readonly writable = true;
  readonly #base: RandomAccessFile;
  readonly #pages = new Map<number, Uint8Array>();
  #sizeBytes: number;
  /** Bytes of the base that still show: a cut hides the rest for good, even where the file grows again. */
  #baseBytes: number;

  private constructor(base: RandomAccessFile, sizeBytes: number) {
    this.path = base.path;
    this.#base = base;
    this.#sizeBytes = sizeBytes;
    this.#baseBytes = sizeBytes;
  }

  static async over(base: RandomAccessFile): Promise<OverlayFile> {
    return new OverlayFile(base, await base.size());
  }

  size(): Promise<number> {
    return Promise.resolve(this.#sizeBytes);
  }

  async readAt(target: Uint8Array, offset: number): Promise<number> {
    const length = Math.max(0, Math.min(target.length, this.#sizeBytes - offset));
    const visible = target.subarray(0, length);
    visible.fill(0);
    const fromBase = Math.max(0, Math.min(length, this.#baseBytes - offset));
    if (fromBase > 0) await this.#base.readAt(visible.subarray(0, fromBase), offset);
    if (this.#pages.size === 0 || length === 0) return length;
    const last = Math.floor((offset + length - 1) / PAGE_BYTES);
    for (let page = Math.floor(offset / PAGE_BYTES); page <= last; page += 1) {
      const bytes = this.#pages.get(page);
      if (!bytes) continue;
      const start = Math.max(offset, page * PAGE_BYTES);
      const end = Math.min(offset + length, (page + 1) * PAGE_BYTES);
      visible.set(bytes.subarray(start - page * PAGE_BYTES, end - page * PAGE_BYTES), start - offset);
    }
    return length;
  }

  async writeAt(source: Uint8Array, offset: number): Promise<void> {
    if (source.length === 0) return;
    const end = offset + source.length;
    for (let page = Math.floor(offset / PAGE_BYTES); page * PAGE_BYTES < end; page += 1) {
      const bytes = await this.#pageForWriting(page);
      const from = Math.max(offset, page * PAGE_BYTES);
      const to = Math.min(end, (page + 1) * PAGE_BYTES);
      bytes.set(source.subarray(from - offset, to - offset), from - page * PAGE_BYTES);
    }
    this.#sizeBytes = Math.max(this.#sizeBytes, end);
  }

  setSize(bytes: number): Promise<void> {
    if (bytes < this.#sizeBytes) {
      this.#baseBytes = Math.min(this.#baseBytes, bytes);
      for (const [page, content] of this.#pages) {
        const start = page * PAGE_BYTES;
        if (start >= bytes) this.#pages.delete(page);
        else if (start + PAGE_BYTES > bytes) content.fill(0, bytes - start);
      }
    }
    this.#sizeBytes = bytes;
    return Promise.resolve();
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  zeroRange(offset: number, length: number): Promise<void> {
    const end = Math.min(offset + length, this.#sizeBytes);
    return writeZeros(offset, end, (zeros, at) => this.writeAt(zeros, at));
  }

  /** Pages that were written are data, whatever they hold; holes of the base stay holes, and what grew is one. */
  async extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    const end = Math.min(offset + length, this.#sizeBytes);
    const tiles = new ExtentTiles(offset);
    for (const page of this.#pagesBetween(offset, end)) {
      await this.#addUntouched(tiles, page * PAGE_BYTES);
      tiles.add('data', Math.min(end, (page + 1) * PAGE_BYTES));
    }
    await this.#addUntouched(tiles, end);
    return tiles.extents;
  }

  /** Leaves the base open: its owner closes it. */
  close(): Promise<void> {
    this.#pages.clear();
    return Promise.resolve();
  }

  /** Numbers of written pages that touch `[from, to)`, ascending. */
  #pagesBetween(from: number, to: number): number[] {
    return [...this.#pages.keys()]
      .filter((page) => page * PAGE_BYTES < to && (page + 1) * PAGE_BYTES > from)
      .sort((a, b) => a - b);
  }

  /** What of the base shows up to `to`, where no page was written; a hole behind it. */
  async #addUntouched(tiles: ExtentTiles, to: number): Promise<void> {
    await tiles.addHeldBy(this.#base, Math.min(to, this.#baseBytes));
    tiles.add('hole', to);
  }

  async #pageForWriting(page: number): Promise<Uint8Array> {
    const existing = this.#pages.get(page);
    if (existing) return existing;
    const bytes = new Uint8Array(PAGE_BYTES);
    const fromBase = Math.min(PAGE_BYTES, this.#baseBytes - page * PAGE_BYTES);
    if (fromBase > 0) await this.#base.readAt(bytes.subarray(0, fromBase), page * PAGE_BYTES);
    this.#pages.set(page, bytes);
    return bytes;
  }
}
