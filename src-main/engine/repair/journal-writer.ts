/** An undo journal, written. */
import { randomUUID } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import { writeU64 } from '../../../src-shared/vhd/bytes';
import { readInto } from '../disk/gather';
import { isAllZero } from '../disk/zeros';
import { NodeFile, OutputFile, piecewiseExtents, type RandomAccessFile } from '../io';
import type { JournalBegin, JournalCommit, JournalContents } from './journal-contents';
import { inFlightPath } from './journal-names';
import {
  encodeRecord,
  RECORD_HEAD_BYTES,
  RECORD_PAYLOAD_BYTES_MAX,
  sealRecord,
  ZEROS_LENGTH_BYTES,
  type RecordKind,
} from './journal-record';
import { RangeSet, type ByteRanges } from './range-set';

/** The write side. Nothing of it can be found beside the image before the first barrier: until then nothing changed. */
export class JournalWriter {
  readonly begin: JournalBegin;
  readonly #saved = new RangeSet();
  #output: OutputFile | null;
  #file: RandomAccessFile;
  #position = 0;
  #sequence = 0;
  #dirty = false;
  /** Head and payload of the record that is being made. */
  #record: Uint8Array | null = null;

  private constructor(begin: JournalBegin, output: OutputFile | null, file: RandomAccessFile) {
    this.begin = begin;
    this.#output = output;
    this.#file = file;
  }

  /** @throws AppError `journal-pending` where an earlier change of the image was interrupted. */
  static async create(what: Omit<JournalBegin, 'version' | 'id' | 'createdAt'>): Promise<JournalWriter> {
    const begin: JournalBegin = {
      version: 1,
      id: randomUUID(),
      createdAt: new Date().toISOString(),
      ...what,
    };
    const output = await asPending(OutputFile.create(inFlightPath(what.imagePath)), what.imagePath);
    const writer = new JournalWriter(begin, output, output.file);
    try {
      await writer.#append('begin', 0, Buffer.from(JSON.stringify(begin)));
    } catch (error) {
      await output.discard();
      throw error;
    }
    return writer;
  }

  get path(): string {
    return inFlightPath(this.begin.imagePath);
  }
  get savedRanges(): ByteRanges {
    return this.#saved;
  }
  get savedBytes(): number {
    return this.#saved.totalBytes;
  }
  /** Whether anything may have been changed under this journal. */
  get armed(): boolean {
    return this.#output === null;
  }

  /** Saves what `[start, end)` of the image holds, as far as it is not saved yet and existed when the change began. */
  async save(image: RandomAccessFile, start: number, end: number): Promise<void> {
    for (const gap of this.#saved.missing(start, Math.min(end, this.begin.fileSizeBefore))) {
      for await (const extent of piecewiseExtents(image, gap.start, gap.end - gap.start)) {
        if (extent.kind === 'hole') await this.#saveZeros(extent.offset, extent.length);
        else await this.#saveData(image, extent.offset, extent.length);
      }
      this.#saved.add(gap.start, gap.end);
    }
  }

  async #saveData(image: RandomAccessFile, offset: number, length: number): Promise<void> {
    for (let done = 0; done < length; done += RECORD_PAYLOAD_BYTES_MAX) {
      const count = Math.min(RECORD_PAYLOAD_BYTES_MAX, length - done);
      this.#record ??= new Uint8Array(RECORD_HEAD_BYTES + RECORD_PAYLOAD_BYTES_MAX);
      const record = this.#record.subarray(0, RECORD_HEAD_BYTES + count);
      const bytes = record.subarray(RECORD_HEAD_BYTES);
      await readInto(image, offset + done, bytes);
      if (count > ZEROS_LENGTH_BYTES && isAllZero(bytes)) await this.#saveZeros(offset + done, count);
      else await this.#write(sealRecord(record, this.begin.id, 'before', this.#sequence, offset + done));
    }
  }

  async #saveZeros(offset: number, length: number): Promise<void> {
    const payload = new Uint8Array(ZEROS_LENGTH_BYTES);
    writeU64(payload, 0, length);
    await this.#append('zeros', offset, payload);
  }

  /** Returns once all that was saved is durable and can be found beside the image: now it may be changed. */
  async barrier(): Promise<void> {
    if (this.armed && !this.#dirty) return;
    await this.#append('barrier', 0, new Uint8Array(0));
    if (this.#output) {
      const output = this.#output;
      await asPending(output.publish(), this.begin.imagePath);
      this.#output = null;
      this.#file = await NodeFile.open(this.path, 'write');
    } else await this.#file.flush();
    this.#dirty = false;
  }

  async commit(commit: JournalCommit): Promise<void> {
    await this.#append('commit', 0, Buffer.from(JSON.stringify(commit)));
    await this.#file.flush();
  }

  async close(): Promise<void> {
    if (this.#output) await this.#output.discard();
    else await this.#file.close();
  }

  async #append(kind: RecordKind, offset: number, payload: Uint8Array): Promise<void> {
    await this.#write(encodeRecord(this.begin.id, kind, this.#sequence, offset, payload));
  }

  async #write(record: Uint8Array): Promise<void> {
    await this.#file.writeAt(record, this.#position);
    this.#position += record.length;
    this.#sequence += 1;
    this.#dirty = true;
  }
}

/** Marks that the way back has begun, before the first byte is put back. */
export async function markUndoing(contents: JournalContents): Promise<void> {
  if (contents.undoing) return;
  const file = await NodeFile.open(contents.path, 'write');
  try {
    const record = encodeRecord(contents.begin.id, 'undoing', contents.nextSequence, 0, new Uint8Array(0));
    // a torn record behind the last sound one is overwritten, and must not stick out behind this one
    await file.setSize(contents.end);
    await file.writeAt(record, contents.end);
    await file.flush();
  } finally {
    await file.close();
  }
}

async function asPending<T>(work: Promise<T>, imagePath: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'target-exists') throw error;
    throw pendingError(imagePath);
  }
}

export function pendingError(imagePath: string): AppError {
  return new AppError(
    'journal-pending',
    `An earlier change of "${imagePath}" was interrupted; its undo journal lies beside it.`,
    {
      context: { path: imagePath },
      unchanged: 'Nothing was written.',
      data: { journal: inFlightPath(imagePath) },
    },
  );
}
