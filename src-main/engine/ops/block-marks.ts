/** One bit a block, the highest bit of a byte first: set where two disks differ in it. */
export class BlockMarks {
  readonly bits: Uint8Array;
  readonly #blockSizeBytes: number;

  /** Both in bytes; the block size is not zero. */
  constructor(diskBytes: number, blockSizeBytes: number) {
    this.#blockSizeBytes = blockSizeBytes;
    this.bits = new Uint8Array(Math.ceil(Math.ceil(diskBytes / blockSizeBytes) / 8));
  }

  /** Marks the blocks in which two equally long pieces at one guest offset differ. */
  add(a: Buffer, b: Buffer, offset: number): void {
    for (let at = 0; at < a.length;) {
      const block = Math.floor((offset + at) / this.#blockSizeBytes);
      const end = Math.min(a.length, (block + 1) * this.#blockSizeBytes - offset);
      const mask = 0x80 >> (block & 7);
      const byte = this.bits[block >> 3] ?? 0;
      if ((byte & mask) === 0 && a.compare(b, at, end, at, end) !== 0) this.bits[block >> 3] = byte | mask;
      at = end;
    }
  }
}
