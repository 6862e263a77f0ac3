import type { OperationContext } from '../disk/virtual-disk';
import type { RandomAccessFile } from '../io';
import { Breather } from './operation';
import { dataRuns } from './zero-runs';

/** Room before the data of every slot, so that a block's bitmap can be put in front of it and both written at once. */
export const SLOT_HEAD_BYTES = 512;

/** A reused buffer: `SLOT_HEAD_BYTES` of room, then the data. */
export interface Slot {
  readonly buffer: Uint8Array;
  /** Bytes of data in it now. */
  length: number;
}

export const slotData = (slot: Slot): Uint8Array =>
  slot.buffer.subarray(SLOT_HEAD_BYTES, SLOT_HEAD_BYTES + slot.length);

/** Where copied guest content goes. Pieces come in ascending order, do not overlap, and what never comes is zero. */
export interface ContentSink {
  /** Pieces never cross a multiple of this many bytes. */
  readonly pieceBytes: number;
  /** Begins to write a piece at once; resolves when the slot may be used again. Pieces may be under way side by side. */
  accept(guestOffset: number, slot: Slot): Promise<void>;
  /** Called once, after the last piece is written: everything else that makes the target whole. */
  finish(): Promise<void>;
  /** Makes what was written so far durable, so that the disk is busy while the rest is read. */
  flush(): Promise<void>;
}

const FLAT_PIECE_BYTES = 2 * 1024 * 1024;

/** Guest bytes from byte 0 of a fresh file, zeros left as holes, then `trailer`: a fixed disk's footer, or nothing. */
export class FlatSink implements ContentSink {
  readonly pieceBytes = FLAT_PIECE_BYTES;
  readonly #file: RandomAccessFile;
  readonly #sizeBytes: number;
  readonly #trailer: Uint8Array | null;

  constructor(file: RandomAccessFile, sizeBytes: number, trailer: Uint8Array | null) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    this.#trailer = trailer;
  }

  async accept(guestOffset: number, slot: Slot): Promise<void> {
    const data = slotData(slot);
    for (const { start, end } of dataRuns(data)) {
      await this.#file.writeAt(data.subarray(start, end), guestOffset + start);
    }
  }

  async finish(): Promise<void> {
    await this.#file.setSize(this.#sizeBytes);
    if (this.#trailer) await this.#file.writeAt(this.#trailer, this.#sizeBytes);
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }
}

/** Takes bytes in order, such as standard output. Resolves when more may come. */
export type ByteWriter = (bytes: Uint8Array) => Promise<void>;

/** Guest bytes one after the other, zeros and all, to something that cannot seek. */
export class StreamSink implements ContentSink {
  readonly pieceBytes = FLAT_PIECE_BYTES;
  readonly #write: ByteWriter;
  readonly #sizeBytes: number;
  readonly #breather: Breather;
  readonly #zeros = new Uint8Array(256 * 1024);
  #position = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(write: ByteWriter, sizeBytes: number, context: OperationContext) {
    this.#write = write;
    this.#breather = new Breather(context);
    this.#sizeBytes = sizeBytes;
  }

  accept(guestOffset: number, slot: Slot): Promise<void> {
    this.#last = this.#last.then(async () => {
      await this.#fillTo(guestOffset);
      await this.#write(slotData(slot));
      this.#position += slot.length;
    });
    return this.#last;
  }

  async finish(): Promise<void> {
    await this.#last;
    await this.#fillTo(this.#sizeBytes);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  async #fillTo(offset: number): Promise<void> {
    while (this.#position < offset) {
      const zeros = this.#zeros.subarray(0, Math.min(this.#zeros.length, offset - this.#position));
      await this.#write(zeros);
      this.#position += zeros.length;
      await this.#breather.breathe();
    }
  }
}

/** A fixed disk whose zeros are written, too, so that the file has no holes. */
export class FullSink extends StreamSink {
  readonly #file: RandomAccessFile;
  readonly #endOffset: number;
  readonly #trailer: Uint8Array;

  constructor(file: RandomAccessFile, sizeBytes: number, trailer: Uint8Array, context: OperationContext) {
    let position = 0;
    super(
      async (bytes) => {
        await file.writeAt(bytes, position);
        position += bytes.length;
      },
      sizeBytes,
      context,
    );
    this.#file = file;
    this.#endOffset = sizeBytes;
    this.#trailer = trailer;
  }

  override async finish(): Promise<void> {
    await super.finish();
    await this.#file.writeAt(this.#trailer, this.#endOffset);
  }

  override flush(): Promise<void> {
    return this.#file.flush();
  }
}
