import { BatPage } from './bat-page';
import { giveMemoryBack } from './give-memory-back';
import { type BudgetShare, type BudgetTable, type PageBudget } from './page-budget';
import { StoredEntries, type EntriesSource } from './stored-entries';

const PAGE_BITS = 14;
/** Entries packed together. */
export const PAGE_ENTRIES = 1 << PAGE_BITS;
/** Pages that changes have unpacked, before they are packed again: 8 MiB. */
const LOOSE_PAGES_MAX = 128;

/**
 * The entries of a large BAT in packed pages. Of a table that is only read, pages that take memory are not kept where
 * the budget has no room for them, but read from the file again when they are asked for; of one that is changed, all
 * are kept.
 */
export class PagedEntries implements BudgetTable {
  readonly length: number;
  /** Null: to be read again. */
  readonly #pages: (BatPage | null)[];
  /** Pages that changes have unpacked. */
  readonly #loose = new Set<number>();
  readonly #budget: PageBudget;
  readonly #share: BudgetShare;
  /** Where pages can be read again; null where they cannot, or must not any more. */
  #stored: StoredEntries | null;

  /** No entry in use. @param source where the entries that are put into it stand, and stay. */
  constructor(length: number, source: EntriesSource | undefined, budget: PageBudget) {
    this.length = length;
    this.#pages = Array.from({ length: Math.ceil(length / PAGE_ENTRIES) }, (_, page) =>
      BatPage.unused(Math.min(PAGE_ENTRIES, length - page * PAGE_ENTRIES)),
    );
    this.#stored = source ? new StoredEntries(source, length) : null;
    this.#budget = budget;
    this.#share = budget.join(this);
  }

  /** Of an index within the length; undefined once the memory was given back. @throws AppError `file-changed`. */
  at(index: number): number | undefined {
    const page = this.#pages[index >>> PAGE_BITS];
    return page === null ? this.#stored?.at(index) : page?.at(index & (PAGE_ENTRIES - 1));
  }

  /** Of an index within the length. @throws AppError `file-changed`. */
  set(index: number, sector: number): void {
    this.keepInMemory();
    const page = index >>> PAGE_BITS;
    if (this.#pages[page]?.set(index & (PAGE_ENTRIES - 1), sector)) return;
    this.#loosen(page);
    this.#pages[page]?.set(index & (PAGE_ENTRIES - 1), sector);
  }

  /** Neighbouring entries, from `first` on: the beginning of a page. */
  fill(first: number, entries: Uint32Array): void {
    for (let at = 0; at < entries.length; at += PAGE_ENTRIES) {
      const part = entries.subarray(at, at + PAGE_ENTRIES);
      const page = (first + at) >>> PAGE_BITS;
      if (part.length === this.#lengthOf(page)) this.#fillPage(page, part);
      else part.forEach((sector, within) => this.set(first + at + within, sector));
    }
  }

  /** Whether there is none in use in the index's page for certain. */
  isUnusedAround(index: number): boolean {
    return this.#pages[index >>> PAGE_BITS]?.isUsed === false;
  }

  /** The index's page in `room`, which has `PAGE_ENTRIES`; null where none is in use. @throws AppError `file-changed`. */
  pageAround(index: number, room: Uint32Array): Uint32Array | null {
    const page = this.#pages[index >>> PAGE_BITS];
    if (page === null) return this.#stored?.read(startOf(index >>> PAGE_BITS), room) ?? null;
    if (!page?.isUsed) return null;
    const entries = page.unpack(room);
    // its own memory may be given back while the caller still looks at it
    if (this.#stored && entries.buffer !== room.buffer) room.set(entries);
    return this.#stored ? room.subarray(0, page.length) : entries;
  }

  /**
   * Reads what is not in memory, and keeps all of it from now on: for who changes the file or outlives its handle.
   * @throws AppError `file-changed`, and those of reading.
   */
  keepInMemory(): void {
    const stored = this.#stored;
    if (!stored) return;
    // first: what makes room for its own pages must not take the others
    this.#stored = null;
    const room = new Uint32Array(PAGE_ENTRIES);
    try {
      for (let page = 0; page < this.#pages.length; page += 1)
        if (this.#pages[page] === null) this.#place(page, BatPage.pack(stored.read(startOf(page), room)));
    } catch (error) {
      this.#stored = stored;
      throw error;
    }
  }

  drop(wantedBytes: number): void {
    const stored = this.#stored;
    if (!stored) return;
    const room = new Uint32Array(PAGE_ENTRIES);
    const buffers: ArrayBufferLike[] = [];
    let bytes = 0;
    for (let at = this.#pages.length - 1; at >= 0 && bytes < wantedBytes; at -= 1) {
      const page = this.#pages[at];
      if (!page || page.byteLength === 0) continue;
      stored.remember(startOf(at), page.unpack(room));
      buffers.push(page.buffer);
      bytes += page.byteLength;
      this.#place(at, null);
    }
    giveMemoryBack(buffers);
  }

  /** The memory of all pages: the table has no entries afterwards. */
  takeBuffers(): ArrayBufferLike[] {
    const all = this.#pages.flatMap((page) => (page ? [page.buffer] : []));
    this.#pages.length = 0;
    this.#stored = null;
    this.#budget.leave(this.#share);
    return all;
  }

  #fillPage(page: number, entries: Uint32Array): void {
    const shape = BatPage.shapeOf(entries);
    const grownBytes = shape.byteLength - (this.#pages[page]?.byteLength ?? 0);
    if (this.#stored && grownBytes > 0 && !this.#budget.hasRoomFor(grownBytes)) {
      this.#stored.remember(startOf(page), entries);
      this.#place(page, null);
    } else this.#place(page, BatPage.packAs(entries, shape));
  }

  #place(page: number, next: BatPage | null): void {
    const hadBytes = this.#pages[page]?.byteLength ?? 0;
    this.#pages[page] = next;
    this.#budget.change(this.#share, (next?.byteLength ?? 0) - hadBytes);
  }

  #loosen(page: number): void {
    const packed = this.#pages[page];
    if (!packed) return;
    if (this.#loose.size >= LOOSE_PAGES_MAX) this.#tighten();
    this.#place(page, BatPage.raw(packed.unpack(new Uint32Array(packed.length))));
    this.#loose.add(page);
  }

  #tighten(): void {
    // packed to be changed: one that is changed once is likely to be changed again
    for (const page of this.#loose) {
      const raw = this.#pages[page];
      if (raw) this.#place(page, BatPage.pack(raw.unpack(new Uint32Array(raw.length)), true));
    }
    this.#loose.clear();
  }

  #lengthOf(page: number): number {
    return Math.min(PAGE_ENTRIES, this.length - startOf(page));
  }
}

const startOf = (page: number): number => page << PAGE_BITS;
