import { DATA_ALIGNMENT_BYTES, FOOTER_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { alignedFrom, roundUpToSector } from '../../../../src-shared/vhd/layout';
import type { BatAnalysis } from '../../check/bat-analysis';
import type { ImageFacts } from '../../check/image-facts';
import type { VhdMetadata } from '../../disk/metadata';
import { readUpTo, type RandomAccessFile } from '../../io';

const CHUNK_BYTES = 1 << 20;

/** Puts blocks and tables behind the data, and the footer, as it stands, behind them. */
export class DataEnd {
  readonly #file: RandomAccessFile;
  readonly #metadata: VhdMetadata;
  #end: number;

  constructor(file: RandomAccessFile, metadata: VhdMetadata) {
    this.#file = file;
    this.#metadata = metadata;
    const { footer, fileSizeBytes } = metadata;
    this.#end = roundUpToSector(footer?.position === 'end' ? footer.offset : fileSizeBytes);
  }

  /** First byte behind everything that was placed so far. */
  get offset(): number {
    return this.#end;
  }

  /** Sets `lengthBytes` aside and returns where. */
  reserve(lengthBytes: number, offset = this.#end): number {
    this.#end = roundUpToSector(offset + lengthBytes);
    return offset;
  }

  /** Copies a block to the end; bytes that the file does not have are zeros. @returns its byte offset. */
  async appendBlock(from: number, facts: ImageFacts, keepsPages: boolean): Promise<number> {
    const start = keepsPages ? alignedFrom(this.#end, facts.bitmapBytes, DATA_ALIGNMENT_BYTES) : this.#end;
    const to = this.reserve(facts.blockStrideBytes, start);
    await copyRange(this.#file, from, to, facts.blockStrideBytes);
    return to;
  }

  /** Writes the footer behind everything and ends the file there. */
  async finish(): Promise<void> {
    const { footer } = this.#metadata;
    if (footer?.position !== 'end') {
      if ((await this.#file.size()) < this.#end) await this.#file.setSize(this.#end);
      return;
    }
    await this.#file.writeAt(footer.bytes, this.#end);
    if ((await this.#file.size()) > this.#end + FOOTER_SIZE_BYTES)
      await this.#file.setSize(this.#end + FOOTER_SIZE_BYTES);
  }
}

async function copyRange(
  file: RandomAccessFile,
  from: number,
  to: number,
  lengthBytes: number,
): Promise<void> {
  for (let done = 0; done < lengthBytes; done += CHUNK_BYTES) {
    const count = Math.min(CHUNK_BYTES, lengthBytes - done);
    const bytes = new Uint8Array(count);
    bytes.set(await readUpTo(file, from + done, count));
    await file.writeAt(bytes, to + done);
  }
}

/** Whether the data of every block lies on 4 KiB, as Windows since 2012 lays it: what is added should, too. */
export function keepsPages({ placed }: BatAnalysis): boolean {
  return placed.count > 0 && placed.alignedCount === placed.count;
}
