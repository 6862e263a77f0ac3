import { invariant } from '../../../src-shared/errors';
import { isAllZero } from '../disk/zeros';
import { ExtentTiles, NodeFile, readExact, type FileExtent, type RandomAccessFile } from '../io';
import { invalidJournal, type JournalContents, type SavedRange } from './journal-contents';
import { chunksOf, firstEndingAfter } from './range-set';

/**
 * Puts the saved bytes and the length back and flushes. May be interrupted and done again any number of times.
 * @returns how many bytes were put back.
 */
export async function restoreSaved(image: RandomAccessFile, journal: JournalContents): Promise<number> {
  const source = await NodeFile.open(journal.path, 'read');
  try {
    if ((await image.size()) !== journal.begin.fileSizeBefore)
      await image.setSize(journal.begin.fileSizeBefore);
    let restored = 0;
    for (const range of journal.saved) {
      await restoreRange(image, source, range);
      restored += range.end - range.start;
    }
    await image.flush();
    await requireRestored(image, source, journal);
    return restored;
  } finally {
    await source.close();
  }
}

async function restoreRange(
  image: RandomAccessFile,
  source: RandomAccessFile,
  range: SavedRange,
): Promise<void> {
  if (range.position === null) return image.zeroRange(range.start, range.end - range.start);
  for (const { start, end } of chunksOf([range]))
    await image.writeAt(await readExact(source, range.position + start - range.start, end - start), start);
}

/** Reads back what was put back. */
async function requireRestored(
  image: RandomAccessFile,
  source: RandomAccessFile,
  journal: JournalContents,
): Promise<void> {
  for (const range of journal.saved) {
    for (const { start, end } of chunksOf([range])) {
      const found = await readExact(image, start, end - start);
      const isRight =
        range.position === null
          ? isAllZero(found)
          : Buffer.compare(
              found,
              await readExact(source, range.position + start - range.start, end - start),
            ) === 0;
      if (!isRight)
        throw invalidJournal(journal.path, `the bytes at ${start} did not come back as they were`);
    }
  }
}

/** An image as it was before a change: read through the journal, without writing anything. */
export class RolledBackView implements RandomAccessFile {
  readonly path: string;
  readonly writable = false;
  readonly #image: RandomAccessFile;
  readonly #source: RandomAccessFile;
  readonly #journal: JournalContents;

  /** `source` is the journal's file, open for reading; both stay the caller's to close. */
  constructor(image: RandomAccessFile, source: RandomAccessFile, journal: JournalContents) {
    this.path = image.path;
    this.#image = image;
    this.#source = source;
    this.#journal = journal;
  }

  size(): Promise<number> {
    return Promise.resolve(this.#journal.begin.fileSizeBefore);
  }

  async readAt(target: Uint8Array, offset: number): Promise<number> {
    const length = Math.max(0, Math.min(target.length, this.#journal.begin.fileSizeBefore - offset));
    const visible = target.subarray(0, length).fill(0);
    await this.#image.readAt(visible, offset);
    const { saved } = this.#journal;
    for (let index = firstEndingAfter(saved, offset); index < saved.length; index += 1) {
      const range = saved[index];
      if (!range || range.start >= offset + length) break;
      const start = Math.max(range.start, offset);
      const part = visible.subarray(start - offset, Math.min(range.end, offset + length) - offset);
      if (range.position === null) part.fill(0);
      else await this.#source.readAt(part, range.position + start - range.start);
    }
    return length;
  }

  /** Holes of the image where nothing was saved; what is saved as zeros is a hole, whatever lies there now. */
  async extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    const end = Math.min(offset + length, this.#journal.begin.fileSizeBefore);
    const tiles = new ExtentTiles(offset);
    const { saved } = this.#journal;
    for (let index = firstEndingAfter(saved, offset); index < saved.length; index += 1) {
      const range = saved[index];
      if (!range || range.start >= end) break;
      await tiles.addHeldBy(this.#image, range.start);
      tiles.add(range.position === null ? 'hole' : 'data', Math.min(range.end, end));
    }
    await tiles.addHeldBy(this.#image, end);
    return tiles.extents;
  }

  writeAt(): Promise<void> {
    return readOnly();
  }
  setSize(): Promise<void> {
    return readOnly();
  }
  zeroRange(): Promise<void> {
    return readOnly();
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function readOnly(): Promise<never> {
  invariant(false, 'a view of the past cannot be written');
}
