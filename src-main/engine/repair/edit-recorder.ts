import type { ByteChange } from '../../../src-shared/model/repair-plan';
import { toHex } from '../../../src-shared/vhd/text';
import { readUpTo, type FileExtent, type RandomAccessFile } from '../io';
import { RangeSet } from './range-set';

/** Hex shown of one change; the rest is counted. */
const SHOWN_BYTES_MAX = 4096;

/**
 * An overlay that is being edited: notes what every item of a plan changes, as people are shown it, and which ranges
 * the whole plan touches.
 */
export class EditRecorder implements RandomAccessFile {
  readonly path: string;
  readonly writable = true;
  /** All ranges written so far, of the file as it will be. */
  readonly touched = new RangeSet();
  readonly #overlay: RandomAccessFile;
  #changes: ByteChange[] = [];
  #editedBytes = 0;

  constructor(overlay: RandomAccessFile) {
    this.#overlay = overlay;
    this.path = overlay.path;
  }

  /** Bytes written through this recorder, unchanged ones included. */
  get editedBytes(): number {
    return this.#editedBytes;
  }

  /** The changes since the last call, in the order they were made. */
  takeChanges(): readonly ByteChange[] {
    const taken = this.#changes;
    this.#changes = [];
    return taken;
  }

  size(): Promise<number> {
    return this.#overlay.size();
  }
  readAt(target: Uint8Array, offset: number): Promise<number> {
    return this.#overlay.readAt(target, offset);
  }
  extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    return this.#overlay.extents(offset, length);
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return this.#overlay.close();
  }

  async writeAt(source: Uint8Array, offset: number): Promise<void> {
    this.#editedBytes += source.length;
    const before = await readUpTo(this.#overlay, offset, source.length);
    const sizeBytes = await this.#overlay.size();
    // A write behind the end leaves a gap of zeros, which is part of the change.
    const start = Math.min(offset, sizeBytes);
    const after = offset > start ? Buffer.concat([Buffer.alloc(offset - start), source]) : source;
    let first = 0;
    while (first < after.length && first < before.length && before[first] === after[first]) first += 1;
    let last = after.length;
    if (before.length === after.length)
      while (last > first && before[last - 1] === after[last - 1]) last -= 1;
    if (last === first) return;
    await this.#overlay.writeAt(after.subarray(first, last), start + first);
    this.touched.add(start + first, start + last);
    this.#note(start + first, before.subarray(first, last), after.subarray(first, last));
  }

  async setSize(bytes: number): Promise<void> {
    const sizeBytes = await this.#overlay.size();
    if (bytes === sizeBytes) return;
    if (bytes < sizeBytes) {
      const shown = await readUpTo(this.#overlay, bytes, Math.min(SHOWN_BYTES_MAX, sizeBytes - bytes));
      this.#push({ offset: bytes, before: toHex(shown), after: '', lengthBytes: sizeBytes - bytes });
    } else {
      const zeros = new Uint8Array(Math.min(SHOWN_BYTES_MAX, bytes - sizeBytes));
      this.#push({ offset: sizeBytes, before: '', after: toHex(zeros), lengthBytes: bytes - sizeBytes });
      this.touched.add(sizeBytes, bytes);
    }
    await this.#overlay.setSize(bytes);
  }

  async zeroRange(offset: number, length: number): Promise<void> {
    const end = Math.min(offset + length, await this.#overlay.size());
    const zeros = new Uint8Array(Math.min(1 << 20, Math.max(0, end - offset)));
    for (let at = offset; at < end; at += zeros.length)
      await this.writeAt(zeros.subarray(0, Math.min(zeros.length, end - at)), at);
  }

  #note(offset: number, before: Uint8Array, after: Uint8Array): void {
    this.#push({
      offset,
      before: toHex(before.subarray(0, SHOWN_BYTES_MAX)),
      after: toHex(after.subarray(0, SHOWN_BYTES_MAX)),
      lengthBytes: Math.max(before.length, after.length),
    });
  }

  /** Neighbouring small writes are one change. */
  #push(change: ByteChange): void {
    const last = this.#changes.at(-1);
    const joins =
      last !== undefined &&
      last.offset + last.lengthBytes === change.offset &&
      last.before.length === last.after.length &&
      last.before.length === 2 * last.lengthBytes &&
      change.before.length === change.after.length &&
      last.lengthBytes + change.lengthBytes <= SHOWN_BYTES_MAX;
    if (!joins) {
      this.#changes.push(change);
      return;
    }
    this.#changes[this.#changes.length - 1] = {
      offset: last.offset,
      before: last.before + change.before,
      after: last.after + change.after,
      lengthBytes: last.lengthBytes + change.lengthBytes,
    };
  }
}
