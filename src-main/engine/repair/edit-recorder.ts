import { AppError } from '../../../src-shared/errors';
import type { ByteChange } from '../../../src-shared/model/repair-plan';
import { formatSize } from '../../../src-shared/vhd/format-size';
import { toHex } from '../../../src-shared/vhd/text';
import { readUpTo, type FileExtent, type RandomAccessFile } from '../io';
import { writeZeros } from '../io/write-zeros';
import { RangeSet } from './range-set';

/** What a plan changes is held in memory until it is applied. */
const EDITED_BYTES_MAX = 1 << 30;
/** Hex shown of one change; the rest is counted. */
const SHOWN_BYTES_MAX = 4096;

/**
 * An overlay that is being edited: notes what every item of a plan changes, as people are shown it, and which ranges
 * the whole plan touches.
 */
export class EditRecorder implements RandomAccessFile {
  readonly path: string;
  readonly writable = true;
  /** All ranges written so far, of the file as it will be; zeros that a longer file ends with come with its length. */
  readonly touched = new RangeSet();
  readonly #overlay: RandomAccessFile;
  readonly #originalSizeBytes: number;
  #changes: ByteChange[] = [];
  #editedBytes = 0;

  private constructor(overlay: RandomAccessFile, originalSizeBytes: number) {
    this.#overlay = overlay;
    this.#originalSizeBytes = originalSizeBytes;
    this.path = overlay.path;
  }

  static async over(overlay: RandomAccessFile): Promise<EditRecorder> {
    return new EditRecorder(overlay, await overlay.size());
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
    if (this.#editedBytes > EDITED_BYTES_MAX)
      throw new AppError(
        'unsupported',
        `The plan would change more than ${formatSize(EDITED_BYTES_MAX)} in place.`,
        {
          context: { path: this.path },
          unchanged: 'Nothing was written.',
          hint: 'Choose fewer repairs at a time, or build a new image with "platter rescue" or "platter convert".',
        },
      );
    if (offset > (await this.#overlay.size())) await this.setSize(offset);
    const before = await readUpTo(this.#overlay, offset, source.length);
    let first = 0;
    while (first < before.length && before[first] === source[first]) first += 1;
    let last = source.length;
    if (before.length === source.length)
      while (last > first && before[last - 1] === source[last - 1]) last -= 1;
    if (last === first) return;
    await this.#overlay.writeAt(source.subarray(first, last), offset + first);
    this.touched.add(offset + first, offset + last);
    this.#note(offset + first, before.subarray(first, last), source.subarray(first, last));
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
      // what was cut before is zeros now; behind the old end they need no writing
      this.touched.add(sizeBytes, Math.min(bytes, this.#originalSizeBytes));
    }
    await this.#overlay.setSize(bytes);
  }

  async zeroRange(offset: number, length: number): Promise<void> {
    const end = Math.min(offset + length, await this.#overlay.size());
    await writeZeros(offset, end, (zeros, at) => this.writeAt(zeros, at));
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
