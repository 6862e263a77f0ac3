import type { RandomAccessFile } from '../io';

/** Least room that is told apart: what file systems allocate. */
const GRAIN_BYTES_MIN = 4096;
/** Larger files get larger grains: a bit for each takes 16 MiB at most, and only where something was asked. */
const GRAINS_MAX = 2 ** 27;
/** Asked for at once. */
const GRAINS_PER_REGION = 16 * 1024;
const BITS = 32;
const ALL_ONES = 0xffff_ffff;

/**
 * Where a file holds nothing, asked for over and over, at places in any order: each region of it is looked through once
 * and noted grain by grain. The file must not change meanwhile.
 */
export class Holes {
  readonly #file: RandomAccessFile;
  readonly #sizeBytes: number;
  readonly #grainBytes: number;
  /** A bit for each grain that is nothing but a hole. */
  readonly #bits: Uint32Array;
  /** Regions that were looked through. */
  readonly #isKnown: Uint8Array;

  private constructor(file: RandomAccessFile, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    let grainBytes = GRAIN_BYTES_MIN;
    while (sizeBytes / grainBytes > GRAINS_MAX) grainBytes *= 2;
    this.#grainBytes = grainBytes;
    const grains = Math.ceil(sizeBytes / grainBytes);
    this.#bits = new Uint32Array(Math.ceil(grains / BITS));
    this.#isKnown = new Uint8Array(Math.ceil(grains / GRAINS_PER_REGION));
  }

  static async of(file: RandomAccessFile): Promise<Holes> {
    return new Holes(file, await file.size());
  }

  /** Whether `[offset, offset + length)` is known to be a hole of the file; false says nothing. */
  covers(offset: number, length: number): boolean {
    if (length <= 0 || offset + length > this.#sizeBytes) return false;
    const end = Math.ceil((offset + length) / this.#grainBytes);
    return this.#nextSpoiled(Math.floor(offset / this.#grainBytes), end) === end;
  }

  /** Where the hole at `offset` ends, at most at the end of the file; `offset` where it is none. */
  async endFrom(offset: number): Promise<number> {
    let at = offset;
    while (at < this.#sizeBytes) {
      const grain = Math.floor(at / this.#grainBytes);
      const region = Math.floor(grain / GRAINS_PER_REGION);
      await this.#know(region);
      const spoiled = this.#nextSpoiled(grain, (region + 1) * GRAINS_PER_REGION);
      if (spoiled > grain) {
        at = Math.min(spoiled * this.#grainBytes, this.#sizeBytes);
        continue;
      }
      const holeEnd = await this.#holeEnd(at, (grain + 1) * this.#grainBytes);
      if (holeEnd < (grain + 1) * this.#grainBytes) return holeEnd;
      at = holeEnd;
    }
    return Math.max(offset, Math.min(at, this.#sizeBytes));
  }

  /** Whether `[offset, offset + length)` lies in the file and holds nothing. */
  async isHole(offset: number, length: number): Promise<boolean> {
    if (this.covers(offset, length)) return true;
    const end = offset + length;
    if (length <= 0 || end > this.#sizeBytes) return false;
    const firstWhole = Math.ceil(offset / this.#grainBytes);
    const endWhole = Math.max(firstWhole, Math.floor(end / this.#grainBytes));
    for (let grain = firstWhole; grain < endWhole;) {
      const region = Math.floor(grain / GRAINS_PER_REGION);
      await this.#know(region);
      const to = Math.min(endWhole, (region + 1) * GRAINS_PER_REGION);
      if (this.#nextSpoiled(grain, to) < to) return false;
      grain = to;
    }
    // the grains at both ends belong to others too
    const head = Math.min(end, firstWhole * this.#grainBytes);
    if (!(await this.#isHoleInGrain(offset, head))) return false;
    return this.#isHoleInGrain(Math.max(head, endWhole * this.#grainBytes), end);
  }

  async #isHoleInGrain(from: number, to: number): Promise<boolean> {
    if (from >= to) return true;
    const grain = Math.floor(from / this.#grainBytes);
    await this.#know(Math.floor(grain / GRAINS_PER_REGION));
    return this.#nextSpoiled(grain, grain + 1) > grain || (await this.#holeEnd(from, to)) >= to;
  }

  /** Asks the system; at most `to`. */
  async #holeEnd(from: number, to: number): Promise<number> {
    const first = (await this.#file.extents(from, to - from))[0];
    if (first?.kind !== 'hole') return from;
    return first.offset + first.length >= this.#sizeBytes ? to : first.offset + first.length;
  }

  async #know(region: number): Promise<void> {
    if (this.#isKnown[region] !== 0) return;
    const regionBytes = GRAINS_PER_REGION * this.#grainBytes;
    const start = region * regionBytes;
    for (const { kind, offset, length } of await this.#file.extents(start, regionBytes)) {
      if (kind !== 'hole') continue;
      const end = offset + length;
      const isLast = end >= this.#sizeBytes;
      this.#setBits(
        Math.ceil(offset / this.#grainBytes),
        isLast ? Math.ceil(end / this.#grainBytes) : Math.floor(end / this.#grainBytes),
      );
    }
    this.#isKnown[region] = 1;
  }

  #setBits(from: number, end: number): void {
    for (let at = from; at < end;) {
      const isWholeWord = at % BITS === 0 && at + BITS <= end;
      const word = Math.floor(at / BITS);
      this.#bits[word] = isWholeWord ? ALL_ONES : (this.#bits[word] ?? 0) | (1 << (at % BITS));
      at += isWholeWord ? BITS : 1;
    }
  }

  /** The first of `[from, end)` that is not known to be a hole, or `end`. */
  #nextSpoiled(from: number, end: number): number {
    for (let at = from; at < end;) {
      const word = this.#bits[Math.floor(at / BITS)] ?? 0;
      if (word === ALL_ONES && at % BITS === 0) at += BITS;
      else if ((word & (1 << (at % BITS))) === 0) return at;
      else at += 1;
    }
    return end;
  }
}
