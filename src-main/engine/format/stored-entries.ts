import { AppError } from '../../../src-shared/errors';
import { BAT_ENTRY_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { decodeBat } from './bat-bytes';

/** Where entries are read again: a file that is not changed through this handle. */
export interface EntriesSource {
  readonly path: string;
  /** Byte offset of the first entry in the file. */
  readonly offset: number;
  /** As of a RandomAccessFile. */
  readonly readSync: (target: Uint8Array, offset: number) => number;
}

const WINDOW_BITS = 10;
/** Entries read again at once for one that is asked for: 4 KiB. */
export const WINDOW_ENTRIES = 1 << WINDOW_BITS;
/** Windows held: 64 KiB. */
const WINDOWS_HELD = 16;

/**
 * Entries of a BAT that are read from its file whenever they are asked for. What is read must be what was there at
 * first, which a sum tells: nobody gets half of one table and half of another.
 */
export class StoredEntries {
  readonly #source: EntriesSource;
  readonly #length: number;
  /** Of every window that was remembered. */
  readonly #sums: Uint32Array;
  readonly #held = new Int32Array(WINDOWS_HELD).fill(-1);
  readonly #windows = new Uint32Array(WINDOWS_HELD * WINDOW_ENTRIES);

  constructor(source: EntriesSource, length: number) {
    this.#source = source;
    this.#length = length;
    this.#sums = new Uint32Array(Math.ceil(length / WINDOW_ENTRIES));
  }

  /** Notes what stands there; `first` is the beginning of a window, and none is cut but the last of the table. */
  remember(first: number, entries: Uint32Array): void {
    for (let at = 0; at < entries.length; at += WINDOW_ENTRIES)
      this.#sums[(first + at) >>> WINDOW_BITS] = sumOf(entries.subarray(at, at + WINDOW_ENTRIES));
  }

  /** One that was remembered. @throws AppError `file-changed`, and those of reading. */
  at(index: number): number {
    const window = index >>> WINDOW_BITS;
    const slot = window % WINDOWS_HELD;
    if (this.#held[slot] !== window) this.#hold(window, slot);
    return this.#windows[slot * WINDOW_ENTRIES + (index & (WINDOW_ENTRIES - 1))] ?? 0;
  }

  /** Neighbours that were remembered, from the beginning of a window on, as many as `room` takes. @throws as `at`. */
  read(first: number, room: Uint32Array): Uint32Array {
    const target = room.subarray(0, this.#length - first);
    const bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength);
    const { offset, readSync } = this.#source;
    const start = offset + first * BAT_ENTRY_SIZE_BYTES;
    const count = readSync(bytes, start);
    if (count < bytes.length) throw this.#changed(start + count);
    const entries = decodeBat(bytes);
    for (let at = 0; at < entries.length; at += WINDOW_ENTRIES)
      if (sumOf(entries.subarray(at, at + WINDOW_ENTRIES)) !== this.#sums[(first + at) >>> WINDOW_BITS])
        throw this.#changed(start + at * BAT_ENTRY_SIZE_BYTES);
    return entries;
  }

  #hold(window: number, slot: number): void {
    this.#held[slot] = -1;
    const first = slot * WINDOW_ENTRIES;
    this.read(window * WINDOW_ENTRIES, this.#windows.subarray(first, first + WINDOW_ENTRIES));
    this.#held[slot] = window;
  }

  #changed(offset: number): AppError {
    const { path } = this.#source;
    return new AppError('file-changed', `The BAT of "${path}" was changed while it was being read.`, {
      context: { path, offset },
    });
  }
}

/** Any one entry that is another makes it another; of several, all but one of four thousand million times. */
function sumOf(entries: Uint32Array): number {
  let sum = 0;
  for (let at = 0; at < entries.length; at += 1) {
    sum = Math.imul(sum ^ (entries[at] ?? 0), 0x9e37_79b1);
    sum ^= sum >>> 15;
  }
  return sum >>> 0;
}
