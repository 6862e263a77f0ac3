import { AppError } from '../../../src-shared/errors';
import { writeZeros } from '../io/write-zeros';
import type { BlockDisk } from './block-disk';
import type { BlockWriter } from './block-writer';
import type { FlatDisk } from './flat-disk';
import { requireGuestRange } from './range';
import type { DiskExtent, WritableDisk } from './virtual-disk';

/** How a disk's bytes are changed; what is common to all is in WritableImage. */
interface Writer {
  /** Called while a write still waits for its turn: what can be fetched for it ahead. Never rejects. */
  expect?(offset: number, length: number): Promise<void>;
  write(source: Uint8Array, offset: number): Promise<void>;
  writeZeros(offset: number, length: number): Promise<void>;
}

/**
 * A disk that can be written: one change at a time in the order of the calls, and none after one that failed, since
 * nobody knows then what is on the disk.
 */
export class WritableImage implements WritableDisk {
  readonly #disk: BlockDisk | FlatDisk;
  readonly #writer: Writer;
  #last: Promise<unknown> = Promise.resolve();
  /** Ends with the last read that fetches something ahead: the file stays open until then. */
  #ahead: Promise<unknown> = Promise.resolve();
  #failed = false;

  constructor(disk: BlockDisk | FlatDisk, writer: Writer) {
    this.#disk = disk;
    this.#writer = writer;
  }

  get sizeBytes(): number {
    return this.#disk.sizeBytes;
  }

  get blockSizeBytes(): number | null {
    return this.#disk.blockSizeBytes;
  }

  readAt(target: Uint8Array, offset: number): Promise<void> {
    return this.#inTurn(() => this.#disk.readAt(target, offset));
  }

  extents(offset: number, length: number): AsyncIterable<DiskExtent> {
    return this.#disk.extents(offset, length);
  }

  writeAt(source: Uint8Array, offset: number): Promise<void> {
    const ahead = this.#writer.expect?.(offset, source.length);
    if (ahead) this.#ahead = Promise.all([this.#ahead, ahead]);
    return this.#change(() => {
      requireGuestRange(this.sizeBytes, offset, source.length);
      return this.#writer.write(source, offset);
    });
  }

  writeZeros(offset: number, length: number): Promise<void> {
    return this.#change(() => {
      requireGuestRange(this.sizeBytes, offset, length);
      return this.#writer.writeZeros(offset, length);
    });
  }

  flush(): Promise<void> {
    return this.#change(() => this.#disk.file.flush());
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#ahead;
    await this.#disk.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #change(work: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#failed) {
        throw new AppError(
          'io-error',
          `An earlier write to "${this.#disk.file.path}" failed, so nothing more is written to it.`,
          { context: { path: this.#disk.file.path }, hint: 'Close the image and check it.' },
        );
      }
      try {
        await work();
      } catch (error) {
        // a call that was refused before anything was written does no harm
        this.#failed = !(error instanceof AppError && error.code === 'usage');
        throw error;
      }
    });
  }
}

/** Writes into fixed and raw disks: bytes go where they lie. */
export function flatWriter(disk: FlatDisk): Writer {
  return {
    write: (source, offset) => disk.writeAt(source, offset),
    writeZeros: (offset, length) => disk.writeZeros(offset, length),
  };
}

/** Writes into dynamic and differencing disks. */
export function blockDiskWriter(disk: BlockDisk, writer: BlockWriter, isChild: boolean): Writer {
  return {
    expect: (offset, length) => disk.warmBitmaps(offset, length),
    write: (source, offset) => writer.write(source, offset),
    async writeZeros(offset, length) {
      for await (const extent of isChild ? whole(offset, length) : disk.extents(offset, length)) {
        // only what is stored can read as anything but zeros in a dynamic disk
        if (extent.state !== 'data') continue;
        await writeZeros(extent.offset, extent.offset + extent.length, (zeros, at) =>
          writer.write(zeros, at),
        );
      }
    },
  };
}

/** In a child zeros are written everywhere: they hide the parent. */
async function* whole(offset: number, length: number): AsyncGenerator<DiskExtent> {
  yield { offset, length, state: 'data', depth: 0 };
}
