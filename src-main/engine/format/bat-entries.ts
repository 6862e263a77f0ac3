import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { BatPage } from './bat-page';

/** A table of up to so many entries is one array: 4 MiB, 2040 GiB in blocks of 2 MiB. */
const ARRAY_ENTRIES_MAX = 1024 * 1024;
const PAGE_BITS = 14;
/** Entries packed together in a larger one. */
const PAGE_ENTRIES = 1 << PAGE_BITS;
/** Pages that changes have unpacked, before they are packed again: 8 MiB. */
const LOOSE_PAGES_MAX = 128;

/** Neighbouring entries, from `first` on. */
export interface EntriesPart {
  readonly first: number;
  readonly entries: Uint32Array;
}

/**
 * The entries of a BAT. A large one, of which there can be 160 MiB, is kept in packed pages: 4 bytes an entry only
 * where they are without any order, 25 bits where blocks of 64 KiB lie all over a file of 2 TiB, and next to nothing
 * where blocks lie one behind the other or are not in use. Loops over all of them go by `usedParts`.
 */
export class BatEntries {
  readonly length: number;
  /** Shared with every `first` of the same table, as are the pages. */
  readonly #array: Uint32Array | null;
  readonly #pages: BatPage[];
  /** Pages that changes have unpacked. */
  readonly #loose: Set<number>;

  private constructor(length: number, array: Uint32Array | null, pages: BatPage[], loose: Set<number>) {
    this.length = length;
    this.#array = array;
    this.#pages = pages;
    this.#loose = loose;
  }

  /** A table with no entry in use. */
  static unused(length: number): BatEntries {
    if (length <= ARRAY_ENTRIES_MAX) return BatEntries.ofArray(new Uint32Array(length).fill(BAT_UNUSED));
    const pages = Array.from({ length: Math.ceil(length / PAGE_ENTRIES) }, (_, page) =>
      BatPage.unused(Math.min(PAGE_ENTRIES, length - page * PAGE_ENTRIES)),
    );
    return new BatEntries(length, null, pages, new Set());
  }

  /** A table of these; a small one is kept as it is given. */
  static of(entries: Uint32Array): BatEntries {
    if (entries.length <= ARRAY_ENTRIES_MAX) return BatEntries.ofArray(entries);
    const table = BatEntries.unused(entries.length);
    table.fill(0, entries);
    return table;
  }

  private static ofArray(entries: Uint32Array): BatEntries {
    return new BatEntries(entries.length, entries, [], new Set());
  }

  /** Undefined behind the end, as of an array. */
  at(index: number): number | undefined {
    if (this.#array) return index < this.length ? this.#array[index] : undefined;
    return index >= 0 && index < this.length
      ? this.#pages[index >>> PAGE_BITS]?.at(index & (PAGE_ENTRIES - 1))
      : undefined;
  }

  /** Changes an entry of this table and of whatever shares it. */
  set(index: number, sector: number): void {
    if (index < 0 || index >= this.length) throw new RangeError(`the BAT has no entry ${index}`);
    if (this.#array) {
      this.#array[index] = sector;
      return;
    }
    const page = index >>> PAGE_BITS;
    if (this.#pages[page]?.set(index & (PAGE_ENTRIES - 1), sector)) return;
    this.#loosen(page);
    this.#pages[page]?.set(index & (PAGE_ENTRIES - 1), sector);
  }

  /** Changes neighbouring entries, from `first` on: the beginning of a page of `PAGE_ENTRIES`. */
  fill(first: number, entries: Uint32Array): void {
    if (this.#array) {
      this.#array.set(entries, first);
      return;
    }
    for (let at = 0; at < entries.length; at += PAGE_ENTRIES) {
      const part = entries.subarray(at, at + PAGE_ENTRIES);
      const page = (first + at) >>> PAGE_BITS;
      if (part.length === this.#pages[page]?.length) this.#pages[page] = BatPage.pack(part);
      else part.forEach((sector, within) => this.set(first + at + within, sector));
    }
  }

  /** The first `count` entries, or as many as there are, of the same table: changing one changes both. */
  first(count: number): BatEntries {
    const length = Math.max(0, Math.min(count, this.length));
    return length === this.length ? this : new BatEntries(length, this.#array, this.#pages, this.#loose);
  }

  /**
   * The entries of `[from, to)` part by part in order, those left out where none is in use. A part is good until the
   * next is asked for, and not to be changed.
   */
  *usedParts(from = 0, to = this.length): Generator<EntriesPart> {
    const end = Math.min(to, this.length);
    if (from >= end) return;
    if (this.#array) {
      yield { first: from, entries: this.#array.subarray(from, end) };
      return;
    }
    const room = new Uint32Array(PAGE_ENTRIES);
    for (let page = from >>> PAGE_BITS; page << PAGE_BITS < end; page += 1) {
      const one = this.#pages[page];
      if (!one?.isUsed) continue;
      const start = page << PAGE_BITS;
      const first = Math.max(from, start);
      yield { first, entries: one.unpack(room).subarray(first - start, end - start) };
    }
  }

  /** Whether `test` holds for an entry in use; those behind it are not looked at any more. */
  someUsed(test: (sector: number, index: number) => boolean): boolean {
    for (const { first, entries } of this.usedParts()) {
      for (let at = 0; at < entries.length; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        if (sector !== BAT_UNUSED && test(sector, first + at)) return true;
      }
    }
    return false;
  }

  /** The first entry in use of `[from, to)`, or `to`. */
  nextUsed(from: number, to: number): number {
    const end = Math.min(to, this.length);
    let index = from;
    while (index < end && this.at(index) === BAT_UNUSED) {
      const isSkipped = this.#array === null && this.#pages[index >>> PAGE_BITS]?.isUsed === false;
      index = isSkipped ? ((index >>> PAGE_BITS) + 1) << PAGE_BITS : index + 1;
    }
    return Math.max(from, Math.min(index, to));
  }

  /** The first entry of `[from, to)` that is not in use, or `to`. */
  nextUnused(from: number, to = this.length): number {
    let index = from;
    while (index < to && this.at(index) !== BAT_UNUSED) index += 1;
    return index;
  }

  countUsed(): number {
    let count = 0;
    for (const { entries } of this.usedParts())
      for (let at = 0; at < entries.length; at += 1) if (entries[at] !== BAT_UNUSED) count += 1;
    return count;
  }

  /** The highest sector in use, or null. */
  lastSector(): number | null {
    let last = -1;
    for (const { entries } of this.usedParts()) {
      for (let at = 0; at < entries.length; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        if (sector > last && sector !== BAT_UNUSED) last = sector;
      }
    }
    return last < 0 ? null : last;
  }

  /** A copy of `[from, to)`, as far as there are so many. */
  slice(from = 0, to = this.length): Uint32Array {
    const copy = new Uint32Array(Math.max(0, Math.min(to, this.length) - from)).fill(BAT_UNUSED);
    for (const { first, entries } of this.usedParts(from, to)) copy.set(entries, first - from);
    return copy;
  }

  /** The memory that the entries lie in, to be given back: without it the table has no entries. */
  takeBuffers(): ArrayBufferLike[] {
    const all = this.#array ? [this.#array.buffer] : this.#pages.map(({ buffer }) => buffer);
    this.#pages.length = 0;
    return all.filter(({ byteLength }) => byteLength > 0);
  }

  #loosen(page: number): void {
    const packed = this.#pages[page];
    if (!packed) return;
    if (this.#loose.size >= LOOSE_PAGES_MAX) this.#tighten();
    this.#pages[page] = BatPage.raw(packed.unpack(new Uint32Array(packed.length)));
    this.#loose.add(page);
  }

  #tighten(): void {
    // packed to be changed: one that is changed once is likely to be changed again
    for (const page of this.#loose) {
      const raw = this.#pages[page];
      if (raw) this.#pages[page] = BatPage.pack(raw.unpack(new Uint32Array(raw.length)), true);
    }
    this.#loose.clear();
  }
}
