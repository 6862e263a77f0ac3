import { createHash } from 'node:crypto';
import type { RandomAccessFile } from '../io';

const RECORD_BYTES = 512;

/** Writes a tar archive (POSIX ustar) from the start of a file. */
export class TarWriter {
  readonly #output: RandomAccessFile;
  readonly #hash = createHash('sha256');
  #position = 0;

  constructor(output: RandomAccessFile) {
    this.#output = output;
  }

  /** One file of the archive. @param chunks `length` bytes together; each may be gone when the next is asked for. */
  async add(
    name: string,
    length: number,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    seen?: (bytes: Uint8Array) => void,
  ): Promise<void> {
    await this.#write(tarHeader(name, length));
    for await (const bytes of chunks) {
      await this.#write(bytes);
      seen?.(bytes);
    }
    await this.#write(new Uint8Array((RECORD_BYTES - (length % RECORD_BYTES)) % RECORD_BYTES));
  }

  /** Two empty records end an archive. */
  finish(): Promise<void> {
    return this.#write(new Uint8Array(2 * RECORD_BYTES));
  }

  /** SHA-256 of all that was written. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#output.writeAt(bytes, this.#position);
    this.#hash.update(bytes);
    this.#position += bytes.length;
  }
}

/** Eight GiB: a length that eleven octal digits cannot say. */
const OCTAL_LENGTH_END = 8 ** 11;

/** One record of POSIX ustar; numbers are octal text. Lengths too long for it are in base 256, as GNU tar has them. */
export function tarHeader(name: string, length: number): Uint8Array {
  const bytes = Buffer.alloc(RECORD_BYTES);
  const octal = (value: number, offset: number, digits: number): void => {
    bytes.write(`${value.toString(8).padStart(digits, '0')}\0`, offset, 'latin1');
  };
  bytes.write(name, 0, 'latin1');
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  if (length < OCTAL_LENGTH_END) octal(length, 124, 11);
  else {
    bytes[124] = 0x80;
    bytes.writeUIntBE(length, 130, 6);
  }
  octal(Math.floor(Date.now() / 1000), 136, 11);
  bytes.fill(' ', 148, 156);
  bytes.write('0', 156, 'latin1');
  bytes.write('ustar\0' + '00', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
