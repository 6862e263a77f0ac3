import { ExtentTiles } from './extent-tiles';
import { isOwn, packPage, PAGE_BYTES, showPage, type StoredPage } from './overlay-page';
import type { FileExtent, RandomAccessFile } from './random-access-file';
import { writeZeros } from './write-zeros';

/** Writes of so much are looked through for pages that can be kept in less than their bytes. */
const PACKED_WRITE_BYTES_MIN = 64 * 1024;
/** Of a table such as the BAT. */
const ENTRY_BYTES = 4;
const NOTHING = new Uint8Array(0);

const isGivenUp = (part: Uint8Array): boolean =>
  part.length === ENTRY_BYTES && part.every((byte) => byte === 0xff);

/**
 * A file seen through changes that are held in memory only: what a repair would make of it, before it does.
 * Memory grows by the pages written, never by the file; a table whose entries are given up takes next to nothing.
 */
export class OverlayFile implements RandomAccessFile {
  readonly path: string;
  readonly writable = true;
  readonly #base: RandomAccessFile;
  readonly #pages = new Map<number, StoredPage>();
  /** Room for what lies under a long write. */
  #room: Uint8Array = NOTHING;
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
    await this.#readUnder(visible, offset);
    if (this.#pages.size === 0 || length === 0) return length;
    const last = Math.floor((offset + length - 1) / PAGE_BYTES);
    for (let page = Math.floor(offset / PAGE_BYTES); page <= last; page += 1) {
      const bytes = this.#pages.get(page);
      if (!bytes) continue;
      const start = Math.max(offset, page * PAGE_BYTES);
      const end = Math.min(offset + length, (page + 1) * PAGE_BYTES);
      showPage(
        bytes,
        start - page * PAGE_BYTES,
        end - page * PAGE_BYTES,
        visible.subarray(start - offset, end - offset),
      );
    }
    return length;
  }

  async writeAt(source: Uint8Array, offset: number): Promise<void> {
    if (source.length === 0) return;
    const end = offset + source.length;
    const under = source.length < PACKED_WRITE_BYTES_MIN ? null : this.#takeRoom(source.length);
    if (under) await this.#readUnder(under, offset);
    for (let page = Math.floor(offset / PAGE_BYTES); page * PAGE_BYTES < end; page += 1) {
      const from = Math.max(offset, page * PAGE_BYTES);
      const to = Math.min(end, (page + 1) * PAGE_BYTES);
      const packed =
        under && to - from === PAGE_BYTES
          ? packPage(source.subarray(from - offset, to - offset), under.subarray(from - offset, to - offset))
          : null;
      if (packed) {
        this.#pages.set(page, packed);
        continue;
      }
      const part = source.subarray(from - offset, to - offset);
      const inPage = from - page * PAGE_BYTES;
      if (isGivenUp(part) && (await this.#packEntry(page, inPage, part))) continue;
      const bytes = await this.#pageForWriting(page);
      bytes.set(part, inPage);
    }
    this.#sizeBytes = Math.max(this.#sizeBytes, end);
    if (under) this.#room = new Uint8Array(under.buffer);
  }

  async setSize(bytes: number): Promise<void> {
    if (bytes < this.#sizeBytes) {
      const cut = Math.floor(bytes / PAGE_BYTES);
      if (this.#pages.has(cut)) (await this.#pageForWriting(cut)).fill(0, bytes - cut * PAGE_BYTES);
      for (const page of this.#pages.keys()) if (page * PAGE_BYTES >= bytes) this.#pages.delete(page);
      this.#baseBytes = Math.min(this.#baseBytes, bytes);
    }
    this.#sizeBytes = bytes;
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
    const first = Math.floor(from / PAGE_BYTES);
    const end = Math.ceil(to / PAGE_BYTES);
    const found: number[] = [];
    if (end - first <= this.#pages.size) {
      for (let page = first; page < end; page += 1) if (this.#pages.has(page)) found.push(page);
      return found;
    }
    for (const page of this.#pages.keys()) if (page >= first && page < end) found.push(page);
    return found.sort((a, b) => a - b);
  }

  /** What of the base shows up to `to`, where no page was written; a hole behind it. */
  async #addUntouched(tiles: ExtentTiles, to: number): Promise<void> {
    await tiles.addHeldBy(this.#base, Math.min(to, this.#baseBytes));
    tiles.add('hole', to);
  }

  /** What the base shows from `offset` on, into a target of zeros. */
  async #readUnder(target: Uint8Array, offset: number): Promise<void> {
    const length = Math.min(target.length, this.#baseBytes - offset);
    if (length > 0) await this.#base.readAt(target.subarray(0, length), offset);
  }

  /**
   * Entries given up one by one, all over a table, would take a page each.
   * @returns false where the page cannot be kept in less than its bytes.
   */
  async #packEntry(page: number, inPage: number, entry: Uint8Array): Promise<boolean> {
    const room = this.#takeRoom(2 * PAGE_BYTES);
    const [under, bytes] = [room.subarray(0, PAGE_BYTES), room.subarray(PAGE_BYTES)];
    await this.#readUnder(under, page * PAGE_BYTES);
    const existing = this.#pages.get(page);
    let packed: StoredPage | null = null;
    if (!existing || !isOwn(existing)) {
      bytes.set(under);
      if (existing) showPage(existing, 0, PAGE_BYTES, bytes);
      bytes.set(entry, inPage);
      packed = packPage(bytes, under);
    }
    if (packed) this.#pages.set(page, packed);
    this.#room = new Uint8Array(room.buffer);
    return packed !== null;
  }

  /** Zeros; nobody else gets them until they are given back. */
  #takeRoom(bytes: number): Uint8Array {
    const room = this.#room.length < bytes ? new Uint8Array(bytes) : this.#room;
    this.#room = NOTHING;
    return room.subarray(0, bytes).fill(0);
  }

  /** A page that is the overlay's own, with what it shows now. */
  async #pageForWriting(page: number): Promise<Uint8Array> {
    const existing = this.#pages.get(page);
    if (existing && isOwn(existing)) return existing;
    const bytes = new Uint8Array(PAGE_BYTES);
    await this.#readUnder(bytes, page * PAGE_BYTES);
    if (existing) showPage(existing, 0, PAGE_BYTES, bytes);
    this.#pages.set(page, bytes);
    return bytes;
  }
}
