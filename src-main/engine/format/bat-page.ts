import { BAT_UNUSED } from '../../../src-shared/vhd/constants';

/** Entries with this many bits are kept as they are. */
const RAW_BITS = 32;
/** Packing that saves less than a tenth is not worth the time it takes to unpack. */
const PACKED_BITS_MAX = 28;

/** How entries are packed, and the memory that takes. */
export interface PageShape {
  readonly bits: number;
  readonly base: number;
  readonly step: number;
  readonly byteLength: number;
}

/**
 * Some entries of a BAT in few bits. Blocks lie a whole number of strides from one another, so that an entry is
 * `base + step * multiple` (modulo 2^32): no bits at all where the multiple is the place in the page (blocks one behind
 * the other, none, or all at one place), as many as the largest multiple needs where not, else the entries themselves.
 */
export class BatPage {
  readonly length: number;
  readonly #bits: number;
  readonly #base: number;
  readonly #step: number;
  /** All bits of a multiple set: not in use. */
  readonly #mask: number;
  /** One word more than the bits take, so that two can be read at any place. */
  readonly #words: Uint32Array;

  private constructor(length: number, bits: number, base: number, step: number, words: Uint32Array) {
    this.length = length;
    this.#bits = bits;
    this.#base = base;
    this.#step = step;
    this.#mask = bits === 0 ? 0 : 0xffff_ffff >>> (32 - bits);
    this.#words = words;
  }

  /** Keeps no reference to `entries`. `isRoomy`: wide enough for multiples up to the highest sector, to be changed. */
  static pack(entries: Uint32Array, isRoomy = false): BatPage {
    return BatPage.packAs(entries, BatPage.shapeOf(entries, isRoomy));
  }

  /** How `pack` would hold these entries. */
  static shapeOf(entries: Uint32Array, isRoomy = false): PageShape {
    const first = entries[0] ?? BAT_UNUSED;
    const slope = entries.length > 1 ? ((entries[1] ?? 0) - first) >>> 0 : 0;
    if (isLine(entries, slope)) return { bits: 0, base: first, step: slope, byteLength: 0 };
    const { lowest, highest, step } = gridOf(entries);
    const base = isRoomy ? lowest % step : lowest;
    const most = Math.floor(((isRoomy ? BAT_UNUSED - 1 : highest) - base) / step);
    if (most + 1 >= 2 ** PACKED_BITS_MAX)
      return { bits: RAW_BITS, base: 0, step: 1, byteLength: entries.byteLength };
    const bits = 32 - Math.clz32(most + 1);
    const byteLength = wordsFor(entries.length, bits) * Uint32Array.BYTES_PER_ELEMENT;
    return { bits, base, step, byteLength };
  }

  /** @param shape what `shapeOf` says of the same entries. */
  static packAs(entries: Uint32Array, { bits, base, step }: PageShape): BatPage {
    if (bits === 0) return new BatPage(entries.length, 0, base, step, NO_WORDS);
    if (bits === RAW_BITS) return BatPage.raw(Uint32Array.from(entries));
    const words = new Uint32Array(wordsFor(entries.length, bits));
    const page = new BatPage(entries.length, bits, base, step, words);
    page.#fill(entries);
    return page;
  }

  /** Every entry not in use. */
  static unused(length: number): BatPage {
    return new BatPage(length, 0, BAT_UNUSED, 0, NO_WORDS);
  }

  /** The entries themselves, which are not copied. */
  static raw(entries: Uint32Array): BatPage {
    return new BatPage(entries.length, RAW_BITS, 0, 1, entries);
  }

  /** False only where there is none in use for certain. */
  get isUsed(): boolean {
    return this.#bits !== 0 || this.#base !== BAT_UNUSED || this.#step !== 0;
  }

  get byteLength(): number {
    return this.#words.byteLength;
  }

  /** Memory that the entries take. */
  get buffer(): ArrayBufferLike {
    return this.#words.buffer;
  }

  /** An entry within the page. */
  at(index: number): number {
    const bits = this.#bits;
    if (bits === RAW_BITS) return this.#words[index] ?? BAT_UNUSED;
    if (bits === 0) return (this.#base + Math.imul(this.#step, index)) >>> 0;
    const bit = index * bits;
    const multiple = this.#multipleAt(bit >>> 5, bit & 31);
    return multiple === this.#mask ? BAT_UNUSED : (this.#base + Math.imul(this.#step, multiple)) >>> 0;
  }

  /** Changes an entry within the page. @returns false where its bits cannot say that sector. */
  set(index: number, sector: number): boolean {
    if (this.#bits === RAW_BITS) {
      this.#words[index] = sector;
      return true;
    }
    if (this.#bits === 0) return this.at(index) === sector;
    const multiple = sector === BAT_UNUSED ? this.#mask : (sector - this.#base) / this.#step;
    if (!Number.isInteger(multiple) || multiple < 0) return false;
    if (multiple >= this.#mask && sector !== BAT_UNUSED) return false;
    this.#put(index, multiple);
    return true;
  }

  /** The entries, in an array that has room for all of them: `target`, or, of a raw page, their own. */
  unpack(target: Uint32Array): Uint32Array {
    const { length } = this;
    const bits = this.#bits;
    if (bits === RAW_BITS) return this.#words;
    // whole numbers of 32 bits throughout: what is greater costs many times as much
    const base = this.#base | 0;
    const step = this.#step | 0;
    if (bits === 0) {
      for (let at = 0, sector = base; at < length; at += 1, sector = (sector + step) | 0) target[at] = sector;
      return target.subarray(0, length);
    }
    const mask = this.#mask;
    const words = this.#words;
    for (let at = 0, bit = 0; at < length; at += 1, bit += bits) {
      const word = bit >>> 5;
      const shift = bit & 31;
      // shifting by 32 is shifting by nothing, hence in two steps
      const multiple =
        (((words[word] ?? 0) >>> shift) | (((words[word + 1] ?? 0) << 1) << (31 - shift))) & mask;
      target[at] = multiple === mask ? UNUSED_SIGNED : (base + Math.imul(step, multiple)) | 0;
    }
    return target.subarray(0, length);
  }

  #multipleAt(word: number, shift: number): number {
    const low = (this.#words[word] ?? 0) >>> shift;
    const high = ((this.#words[word + 1] ?? 0) << 1) << (31 - shift);
    return (low | high) & this.#mask;
  }

  #put(index: number, multiple: number): void {
    const bit = index * this.#bits;
    const word = bit >>> 5;
    const shift = bit & 31;
    const words = this.#words;
    words[word] = ((words[word] ?? 0) & ~(this.#mask << shift)) | (multiple << shift);
    if (shift + this.#bits <= 32) return;
    const inFirst = 32 - shift;
    words[word + 1] = ((words[word + 1] ?? 0) & ~(this.#mask >>> inFirst)) | (multiple >>> inFirst);
  }

  #fill(entries: Uint32Array): void {
    const perStep = 1 / this.#step;
    for (let at = 0; at < entries.length; at += 1) {
      const sector = entries[at] ?? BAT_UNUSED;
      // a whole number but for the last bits of the fraction
      const multiple = sector === BAT_UNUSED ? this.#mask : Math.round((sector - this.#base) * perStep);
      this.#put(at, multiple);
    }
  }
}

const UNUSED_SIGNED = BAT_UNUSED | 0;
const NO_WORDS = new Uint32Array(0);

const wordsFor = (length: number, bits: number): number => Math.ceil((length * bits) / 32) + 1;

function isLine(entries: Uint32Array, slope: number): boolean {
  let expected = entries[0] ?? 0;
  for (let at = 0; at < entries.length; at += 1) {
    if (entries[at] !== expected) return false;
    expected = (expected + slope) >>> 0;
  }
  return true;
}

/** The least and the greatest sector in use, and what all of them are whole multiples of from the least. */
function gridOf(entries: Uint32Array): {
  readonly lowest: number;
  readonly highest: number;
  readonly step: number;
} {
  let lowest = BAT_UNUSED;
  let highest = 0;
  for (let at = 0; at < entries.length; at += 1) {
    const sector = entries[at] ?? BAT_UNUSED;
    if (sector < lowest) lowest = sector;
    if (sector > highest && sector !== BAT_UNUSED) highest = sector;
  }
  let step = 0;
  let perStep = Infinity;
  for (let at = 0; at < entries.length && step !== 1; at += 1) {
    const sector = entries[at] ?? BAT_UNUSED;
    const distance = sector - lowest;
    // dividing whole numbers takes many times as long as this
    if (sector === BAT_UNUSED || distance === 0 || Math.round(distance * perStep) * step === distance)
      continue;
    step = greatestCommonDivisor(step, distance);
    perStep = 1 / step;
  }
  return { lowest, highest, step: step === 0 ? 1 : step };
}

/** Of two whole numbers that are not negative; of 0 and another, that one. */
export function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
