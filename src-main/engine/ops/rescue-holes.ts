import type { RandomAccessFile } from '../io';

/** Asked for at once. */
const PIECE_BYTES = 1024 * 1024 * 1024;

/** Where a file holds nothing, asked for over and over at places close to each other. */
export class Holes {
  readonly #file: RandomAccessFile;
  readonly #sizeBytes: number;
  #start = 0;
  #end = 0;
  #windowBytes = 0;

  private constructor(file: RandomAccessFile, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  static async of(file: RandomAccessFile): Promise<Holes> {
    return new Holes(file, await file.size());
  }

  /** Whether `[offset, offset + length)` is known to be a hole; false says nothing. */
  covers(offset: number, length: number): boolean {
    return offset >= this.#start && offset + length <= this.#end;
  }

  /** Where the hole at `offset` ends, as far as was looked, at least `length` further; `offset` where it is none. */
  async endFrom(offset: number, length: number): Promise<number> {
    if (this.covers(offset, length)) return this.#end;
    const wanted = Math.min(Math.max(length, this.#windowBytes), this.#sizeBytes - offset);
    const end = await this.#lookAhead(offset, offset + wanted);
    // twice as far the next time, as long as there is nothing but a hole
    this.#windowBytes = end - offset < wanted ? 0 : 2 * wanted;
    if (end <= offset) return offset;
    // a short one does not take the place of a long one that is known
    const touches = offset <= this.#end && end >= this.#start;
    if (!touches && end - offset <= this.#end - this.#start) return end;
    this.#start = touches ? Math.min(this.#start, offset) : offset;
    this.#end = touches ? Math.max(this.#end, end) : end;
    return this.#end;
  }

  /** Where data begins, at most `to`: piece by piece, as a piece full of data and holes has many of them. */
  async #lookAhead(from: number, to: number): Promise<number> {
    for (let at = from; at < to;) {
      if (this.covers(at, 1)) {
        at = this.#end;
        continue;
      }
      const wanted = Math.min(PIECE_BYTES, to - at);
      const first = (await this.#file.extents(at, wanted))[0];
      if (first?.kind !== 'hole') return at;
      if (first.length < wanted) return at + first.length;
      at += wanted;
    }
    return to;
  }

  async isHole(offset: number, length: number): Promise<boolean> {
    return this.covers(offset, length) || (await this.endFrom(offset, length)) >= offset + length;
  }
}
