import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { PAGE_BUDGET } from './page-budget';
import { PAGE_ENTRIES, PagedEntries } from './paged-entries';
import type { EntriesSource } from './stored-entries';

/** A table of up to so many entries is one array: 4 MiB, 2040 GiB in blocks of 2 MiB. */
const ARRAY_ENTRIES_MAX = 1024 * 1024;

/** Neighbouring entries, from `first` on. */
export interface EntriesPart {
  readonly first: number;
  readonly entries: Uint32Array;
}

/**
 * The entries of a BAT. A large one, of which there can be 160 MiB, is kept in packed pages: 4 bytes an entry only
 * where they are without any order, 25 bits where blocks of 64 KiB lie all over a file of 2 TiB, and next to nothing
 * where blocks lie one behind the other or are not in use. Where several such tables would take too much, those that
 * are only read give pages up and read them again from their file, which may throw AppError `file-changed` wherever
 * entries are asked for. Loops over all of them go by `usedParts`.
 */
export class BatEntries {
  readonly length: number;
  /** Shared with every `first` of the same table, as are the pages. */
  readonly #array: Uint32Array | null;
  /** Of a large one, whose array is null. */
  readonly #paged: PagedEntries | null;

  private constructor(length: number, array: Uint32Array | null, paged: PagedEntries | null) {
    this.length = length;
    this.#array = array;
    this.#paged = paged;
  }

  /**
   * A table with no entry in use.
   * @param source where the entries stand that it is filled with; given where they can be read again.
   */
  static unused(length: number, source?: EntriesSource, budget = PAGE_BUDGET): BatEntries {
    if (length <= ARRAY_ENTRIES_MAX) return BatEntries.ofArray(new Uint32Array(length).fill(BAT_UNUSED));
    return new BatEntries(length, null, new PagedEntries(length, source, budget));
  }

  /** A table of these; a small one is kept as it is given. */
  static of(entries: Uint32Array): BatEntries {
    if (entries.length <= ARRAY_ENTRIES_MAX) return BatEntries.ofArray(entries);
    const table = BatEntries.unused(entries.length);
    table.fill(0, entries);
    return table;
  }

  private static ofArray(entries: Uint32Array): BatEntries {
    return new BatEntries(entries.length, entries, null);
  }

  /** Undefined behind the end, as of an array. */
  at(index: number): number | undefined {
    if (this.#array) return index < this.length ? this.#array[index] : undefined;
    return index >= 0 && index < this.length ? this.#paged?.at(index) : undefined;
  }

  /** Changes an entry of this table and of whatever shares it, which is kept in memory from now on. */
  set(index: number, sector: number): void {
    if (index < 0 || index >= this.length) throw new RangeError(`the BAT has no entry ${index}`);
    if (this.#array) this.#array[index] = sector;
    else this.#paged?.set(index, sector);
  }

  /** Changes neighbouring entries, from `first` on: the beginning of a page of `PAGE_ENTRIES`. */
  fill(first: number, entries: Uint32Array): void {
    if (this.#array) this.#array.set(entries, first);
    else this.#paged?.fill(first, entries);
  }

  /** The first `count` entries, or as many as there are, of the same table: changing one changes both. */
  first(count: number): BatEntries {
    const length = Math.max(0, Math.min(count, this.length));
    return length === this.length ? this : new BatEntries(length, this.#array, this.#paged);
  }

  /**
   * Reads nothing again from now on, whatever memory it takes: for who changes the file, or outlives its handle.
   * @throws AppError `file-changed`, and those of reading.
   */
  keepInMemory(): void {
    this.#paged?.keepInMemory();
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
    for (let start = from - (from % PAGE_ENTRIES); start < end; start += PAGE_ENTRIES) {
      const entries = this.#paged?.pageAround(start, room);
      if (!entries) continue;
      const first = Math.max(from, start);
      yield { first, entries: entries.subarray(first - start, end - start) };
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
      const isSkipped = this.#paged?.isUnusedAround(index) === true;
      index += isSkipped ? PAGE_ENTRIES - (index % PAGE_ENTRIES) : 1;
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
  takeBuffers(): readonly ArrayBufferLike[] {
    return this.#array ? [this.#array.buffer] : (this.#paged?.takeBuffers() ?? []);
  }
}
