import { endOfRun, isSectorSet } from '../format';
import { readExact, type RandomAccessFile } from '../io';
import { readInto } from './gather';
import type { BlockTable } from './block-table';

/** Memory for bitmaps that are neither all set nor all clear; those two need two bits a block. */
const CACHE_BYTES_MAX = 8 * 1024 * 1024;
/** Blocks of which those two are remembered together, and how many times so many: 2 MiB for eight million blocks. */
const KINDS_BITS = 16;
const KINDS_PAGES_MAX = 128;
/** Bitmaps of small blocks lie close together: one read takes many, with the data between them. */
const SPAN_BYTES_MAX = 1024 * 1024;
/** In flight at once: of bitmaps alone, and of spans of up to a mebibyte. */
const PARALLEL_READS = 32;
const PARALLEL_SPANS = 8;

/** Memory of spans that were read, for the next ones of any image: each taken anew would wait for the collector. */
const spareSpans: Uint8Array[] = [];

// 0: not known
const ALL_SET = 1;
const ALL_CLEAR = 2;
const MIXED = 3;

/** What a block's bitmap says of the sectors inside the disk. */
export type BlockBits = 'all-set' | 'all-clear' | Uint8Array;

/** The sector bitmaps of one image, read once and kept within a bound. */
export class BitmapCache {
  readonly #file: RandomAccessFile;
  readonly #table: BlockTable;
  readonly #capacity: number;
  /** Four blocks a byte, page by page. */
  readonly #kinds: (Uint8Array | undefined)[] = [];
  /** Pages there are, the oldest first. */
  readonly #kindsPages: number[] = [];
  #version = 0;
  /** Mixed bitmaps, least recently used first. */
  readonly #mixed = new Map<number, Uint8Array>();

  constructor(file: RandomAccessFile, table: BlockTable) {
    this.#file = file;
    this.#table = table;
    this.#capacity = Math.max(16, Math.floor(CACHE_BYTES_MAX / table.bitmapBytes));
  }

  /** The bits if they are in memory, else null. */
  peek(blockIndex: number): BlockBits | null {
    const kind = this.#kindOf(blockIndex);
    if (kind === ALL_SET) return 'all-set';
    if (kind === ALL_CLEAR) return 'all-clear';
    const bits = this.#mixed.get(blockIndex);
    if (!bits) return null;
    this.#mixed.delete(blockIndex);
    this.#mixed.set(blockIndex, bits);
    return bits;
  }

  /** The bits of an allocated, trustworthy block. Not to be changed by the caller. */
  async get(blockIndex: number): Promise<BlockBits> {
    for (;;) {
      const known = this.peek(blockIndex);
      if (known) return known;
      const { version } = this;
      const bits = this.learn(blockIndex, await this.bytesOf(blockIndex), version);
      if (bits) return bits;
    }
  }

  /** Grows with every bitmap that a write changes: a read that began under another version may be out of date. */
  get version(): number {
    return this.#version;
  }

  /**
   * Takes bitmap bytes whose reading began when `version` was what is given here.
   * @returns null where a write has changed a bitmap since and this block's is not in memory.
   */
  learn(blockIndex: number, bytes: Uint8Array, version: number): BlockBits | null {
    const known = this.peek(blockIndex);
    if (known) return known;
    return version === this.#version ? this.#remember(blockIndex, bytes) : null;
  }

  /** Bitmap bytes of an allocated block, as a copy that may be changed. */
  async bytesOf(blockIndex: number): Promise<Uint8Array> {
    return readExact(this.#file, this.#table.placeOf(blockIndex), this.#table.bitmapBytes);
  }

  /** Puts what was written to disk in place of what is remembered. */
  replace(blockIndex: number, bytes: Uint8Array): void {
    this.#version += 1;
    this.#remember(blockIndex, bytes);
  }

  /** The bits of these allocated, trustworthy blocks; those not in memory yet are read in the order of the file. */
  async prefetch(blockIndexes: readonly number[]): Promise<Map<number, BlockBits>> {
    const bits = new Map<number, BlockBits>();
    const missing: number[] = [];
    for (const blockIndex of blockIndexes) {
      const known = this.peek(blockIndex);
      if (known) bits.set(blockIndex, known);
      else missing.push(blockIndex);
    }
    missing.sort((a, b) => this.#table.placeOf(a) - this.#table.placeOf(b));
    const groups = this.#groupByNearness(missing);
    let next = 0;
    const readOn = async (): Promise<void> => {
      for (let group = groups[next]; group; group = groups[next]) {
        next += 1;
        await this.#loadGroup(group, bits);
      }
    };
    const inFlight = this.#isSpanWorthIt ? PARALLEL_SPANS : PARALLEL_READS;
    await Promise.all(Array.from({ length: Math.min(inFlight, groups.length) }, readOn));
    return bits;
  }

  get #isSpanWorthIt(): boolean {
    return this.#table.strideBytes * 8 <= SPAN_BYTES_MAX;
  }

  #groupByNearness(blockIndexes: readonly number[]): number[][] {
    const groups: number[][] = [];
    const isWorthIt = this.#isSpanWorthIt;
    for (const blockIndex of blockIndexes) {
      const group = groups.at(-1);
      const first = group?.[0];
      const last = group?.at(-1);
      if (isWorthIt && group && first !== undefined && last !== undefined) {
        const place = this.#table.placeOf(blockIndex);
        const isAhead = place > this.#table.placeOf(last);
        if (isAhead && place + this.#table.bitmapBytes - this.#table.placeOf(first) <= SPAN_BYTES_MAX) {
          group.push(blockIndex);
          continue;
        }
      }
      groups.push([blockIndex]);
    }
    return groups;
  }

  async #loadGroup(group: readonly number[], into: Map<number, BlockBits>): Promise<void> {
    const first = group[0];
    const last = group.at(-1);
    if (first === undefined || last === undefined) return;
    if (group.length === 1) {
      into.set(first, await this.get(first));
      return;
    }
    const { version } = this;
    const start = this.#table.placeOf(first);
    const room = spareSpans.pop() ?? new Uint8Array(SPAN_BYTES_MAX);
    try {
      const span = room.subarray(0, this.#table.placeOf(last) + this.#table.bitmapBytes - start);
      await readInto(this.#file, start, span);
      for (const blockIndex of group) {
        const at = this.#table.placeOf(blockIndex) - start;
        const bytes = span.slice(at, at + this.#table.bitmapBytes);
        into.set(blockIndex, this.learn(blockIndex, bytes, version) ?? (await this.get(blockIndex)));
      }
    } finally {
      if (spareSpans.length < PARALLEL_SPANS) spareSpans.push(room);
    }
  }

  #remember(blockIndex: number, bytes: Uint8Array): BlockBits {
    const sectors = this.#table.guestSectorsOf(blockIndex);
    const isUniform = endOfRun(bytes, 0, sectors) === sectors;
    this.#mixed.delete(blockIndex);
    if (isUniform) {
      const isSet = isSectorSet(bytes, 0);
      this.#setKind(blockIndex, isSet ? ALL_SET : ALL_CLEAR);
      return isSet ? 'all-set' : 'all-clear';
    }
    this.#setKind(blockIndex, MIXED);
    if (this.#mixed.size >= this.#capacity) {
      const oldest = this.#mixed.keys().next();
      if (!oldest.done) this.#mixed.delete(oldest.value);
    }
    this.#mixed.set(blockIndex, bytes);
    return bytes;
  }

  #kindOf(blockIndex: number): number {
    const four = this.#kinds[blockIndex >>> KINDS_BITS]?.[byteInPage(blockIndex)] ?? 0;
    return (four >>> ((blockIndex & 3) * 2)) & 3;
  }

  #setKind(blockIndex: number, kind: number): void {
    const kinds = this.#kinds[blockIndex >>> KINDS_BITS] ?? this.#addKinds(blockIndex >>> KINDS_BITS);
    const at = byteInPage(blockIndex);
    const shift = (blockIndex & 3) * 2;
    kinds[at] = ((kinds[at] ?? 0) & ~(3 << shift)) | (kind << shift);
  }

  #addKinds(page: number): Uint8Array {
    // what is forgotten is read again where it is asked for again
    const oldest = this.#kindsPages.length < KINDS_PAGES_MAX ? undefined : this.#kindsPages.shift();
    if (oldest !== undefined) this.#kinds[oldest] = undefined;
    const blocksLeft = this.#table.blockCount - page * 2 ** KINDS_BITS;
    const kinds = new Uint8Array(Math.ceil(Math.min(2 ** KINDS_BITS, blocksLeft) / 4));
    this.#kinds[page] = kinds;
    this.#kindsPages.push(page);
    return kinds;
  }
}

const byteInPage = (blockIndex: number): number => (blockIndex & (2 ** KINDS_BITS - 1)) >>> 2;
