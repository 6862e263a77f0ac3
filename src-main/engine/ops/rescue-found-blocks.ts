import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';

const ROOM_AT_FIRST = 1024;
/** Bits of a number in one byte; the eighth says that more follow. */
const VALUES_PER_BYTE = 128;
const BYTES_PER_NUMBER_MAX = 8;

/**
 * Byte offsets of blocks in the order in which they lie in the file, none over another. Kept as the room between them,
 * mostly none: one byte each, where millions of numbers would take more than the BAT itself.
 */
export class FoundBlocks implements Iterable<number> {
  readonly #strideSectors: number;
  #bytes = new Uint8Array(ROOM_AT_FIRST);
  #length = 0;
  #endSector = 0;
  #count = 0;
  #joints = 0;

  constructor(strideBytes: number) {
    this.#strideSectors = strideBytes / SECTOR_SIZE_BYTES;
  }

  get count(): number {
    return this.#count;
  }

  /** Byte offset behind the last one. */
  get endOffset(): number {
    return this.#endSector * SECTOR_SIZE_BYTES;
  }

  /** Blocks that end where the next begins. */
  get joints(): number {
    return this.#joints;
  }

  /** @param offset on a sector, not in front of where the one before ends. */
  add(offset: number): void {
    const sector = offset / SECTOR_SIZE_BYTES;
    if (this.#count > 0 && sector === this.#endSector) this.#joints += 1;
    this.#push(sector - this.#endSector);
    this.#endSector = sector + this.#strideSectors;
    this.#count += 1;
  }

  *[Symbol.iterator](): Generator<number> {
    const cursor = this.cursor();
    for (let offset = cursor.peek(); offset !== null; offset = cursor.peek()) {
      yield offset;
      cursor.next();
    }
  }

  cursor(): FoundCursor {
    return new FoundCursor(this.#bytes, this.#length, this.#strideSectors);
  }

  #push(value: number): void {
    if (this.#length + BYTES_PER_NUMBER_MAX > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    let left = value;
    for (; left >= VALUES_PER_BYTE; left = Math.floor(left / VALUES_PER_BYTE)) {
      this.#bytes[this.#length] = VALUES_PER_BYTE + (left % VALUES_PER_BYTE);
      this.#length += 1;
    }
    this.#bytes[this.#length] = left;
    this.#length += 1;
  }
}

/** Goes through the offsets one by one. */
export class FoundCursor {
  readonly #bytes: Uint8Array;
  readonly #length: number;
  readonly #strideSectors: number;
  #at = 0;
  #endSector = 0;
  #sector: number | null = null;

  constructor(bytes: Uint8Array, length: number, strideSectors: number) {
    this.#bytes = bytes;
    this.#length = length;
    this.#strideSectors = strideSectors;
    this.next();
  }

  /** The byte offset at hand, or null behind the last. */
  peek(): number | null {
    return this.#sector === null ? null : this.#sector * SECTOR_SIZE_BYTES;
  }

  next(): void {
    if (this.#at >= this.#length) {
      this.#sector = null;
      return;
    }
    let gap = 0;
    for (let unit = 1; ; unit *= VALUES_PER_BYTE) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      gap += (byte % VALUES_PER_BYTE) * unit;
      if (byte < VALUES_PER_BYTE) break;
    }
    this.#sector = this.#endSector + gap;
    this.#endSector = this.#sector + this.#strideSectors;
  }

  /** Another one at the same place. */
  clone(): FoundCursor {
    const copy = new FoundCursor(this.#bytes, this.#length, this.#strideSectors);
    copy.#at = this.#at;
    copy.#endSector = this.#endSector;
    copy.#sector = this.#sector;
    return copy;
  }
}
