import { AppError } from '../../../src-shared/errors';
import type { ByteChange } from '../../../src-shared/model/repair-plan';
import { formatSize } from '../../../src-shared/vhd/format-size';
import { readUpTo, type FileExtent, type RandomAccessFile } from '../io';
import { writeZeros } from '../io/write-zeros';
import { ChangeList, SHOWN_BYTES_MAX } from './change-list';
import { RangeSet } from './range-set';

/** What a plan changes is held in memory until it is applied. */
const EDITED_BYTES_MAX = 1 << 30;
const NOTHING = new Uint8Array(0);

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
  #changes = new ChangeList();
  #editedBytes = 0;
  #version = 0;
  /** Room for what stood where something is written. */
  #before: Uint8Array = NOTHING;

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
    const { changes } = this.#changes;
    this.#changes = new ChangeList();
    return changes;
  }

  /** Another number after each change: what was read of the file before may be wrong then. */
  get version(): number {
    return this.#version;
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
    // taken while it is in use: writes that overlap in time must not share it
    const room = this.#before.length < source.length ? new Uint8Array(source.length) : this.#before;
    this.#before = NOTHING;
    const before = room.subarray(0, await this.#overlay.readAt(room.subarray(0, source.length), offset));
    let first = 0;
    while (first < before.length && before[first] === source[first]) first += 1;
    let last = source.length;
    if (before.length === source.length)
      while (last > first && before[last - 1] === source[last - 1]) last -= 1;
    if (last === first) {
      this.#before = room;
      return;
    }
    this.#version += 1;
    await this.#overlay.writeAt(source.subarray(first, last), offset + first);
    this.touched.add(offset + first, offset + last);
    this.#changes.add(offset + first, before.subarray(first, last), source.subarray(first, last));
    this.#before = room;
  }

  async setSize(bytes: number): Promise<void> {
    const sizeBytes = await this.#overlay.size();
    if (bytes === sizeBytes) return;
    this.#version += 1;
    if (bytes < sizeBytes) {
      const shown = await readUpTo(this.#overlay, bytes, Math.min(SHOWN_BYTES_MAX, sizeBytes - bytes));
      this.#changes.add(bytes, shown, NOTHING, sizeBytes - bytes);
    } else {
      const zeros = new Uint8Array(Math.min(SHOWN_BYTES_MAX, bytes - sizeBytes));
      this.#changes.add(sizeBytes, NOTHING, zeros, bytes - sizeBytes);
      // what was cut before is zeros now; behind the old end they need no writing
      this.touched.add(sizeBytes, Math.min(bytes, this.#originalSizeBytes));
    }
    await this.#overlay.setSize(bytes);
  }

  async zeroRange(offset: number, length: number): Promise<void> {
    const end = Math.min(offset + length, await this.#overlay.size());
    await writeZeros(offset, end, (zeros, at) => this.writeAt(zeros, at));
  }
}
