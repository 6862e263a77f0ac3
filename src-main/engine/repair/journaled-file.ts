/**
 * An image that can be changed in place and given back byte for byte: every verb that rewrites an existing image
 * (repair, edit, resize, compact, relink) writes through this.
 *
 *   const image = await openForWriting(path, { seen });              // the exclusive lock
 *   const journaled = await JournaledFile.begin(image, { operation: 'compact', title: 'Compact disk.vhd' });
 *   try {
 *     await journaled.protect([{ start, end }, …]);                  // optional: many ranges under one flush
 *     await journaled.writeAt(bytes, offset);                        // saves the bytes before, flushes the journal, writes
 *     await journaled.setSize(shorter);                              // saves the cut tail first
 *     … re-read and verify through `journaled` …
 *     const journalPath = await journaled.settle();                  // flush, commit, move to the history folder
 *   } catch (error) {
 *     await journaled.rollBack();                                    // puts everything back, removes the journal
 *     throw error;
 *   } finally {
 *     await image.close();                                           // the lock goes with it
 *   }
 *
 * Bytes behind the end that the file had at `begin` need no saving: undo cuts them off. The order of writes, and the
 * flushes between them, stay the caller's: `flush` flushes the image. A process that dies in between leaves
 * `<image>.platter-undo` beside the image; `pendingJournal` finds it, `undoImage` rolls back, and every `begin` on
 * the image is refused with `journal-pending` until then. The journal needs room on the image's file system for what
 * is overwritten and cut (zeros and holes are counted, not copied), plus 40 bytes for each range of up to 1 MiB.
 */
import fs from 'node:fs';
import { AppError, invariant } from '../../../src-shared/errors';
import { locateMetadata } from '../disk/metadata';
import { identityOfFile, NodeFile, type FileExtent, type RandomAccessFile } from '../io';
import { readJournal, removeJournal, settleLeftover } from './journal-reader';
import { JournalWriter } from './journal-writer';
import { moveToHistory, type HistoryOptions } from './journal-store';
import { interruptedError } from './merge-mark';
import { pendingJournal, realPath } from './pending-journal';
import { RangeSet, type ByteRange, type ByteRanges } from './range-set';
import { restoreSaved } from './restore';
import { hashMetadata, hashRanges } from './state-hash';

export interface JournaledChange {
  /** `repair`, `edit`, `resize` …: the verb, as on the command line. */
  readonly operation: string;
  /** What was done, for the history list. */
  readonly title: string;
  /** What was asked for, as JSON, so that an interrupted change can be finished by doing it anew. */
  readonly request?: unknown;
}

export interface SettleOptions extends HistoryOptions {
  /** The guest sees what it saw before: the modification time is put back, as readers of children compare it (DESIGN rule 8). */
  readonly contentNeutral?: boolean | undefined;
}

export class JournaledFile implements RandomAccessFile {
  readonly path: string;
  readonly writable = true;
  readonly #image: RandomAccessFile;
  readonly #journal: JournalWriter;
  #settled = false;

  private constructor(image: RandomAccessFile, journal: JournalWriter) {
    this.path = image.path;
    this.#image = image;
    this.#journal = journal;
  }

  /**
   * `image` must be open for writing under its lock, and stays the caller's to close.
   * @throws AppError `journal-pending` where an earlier change of the image was interrupted.
   */
  static async begin(
    image: RandomAccessFile,
    change: JournaledChange,
    options: HistoryOptions = {},
  ): Promise<JournaledFile> {
    const imagePath = await realPath(image.path);
    await settleLeftover(imagePath, options);
    // a merge that was interrupted goes on; only other changes are rolled back
    const pending = await pendingJournal(imagePath).catch(() => null);
    if (pending) throw interruptedError(pending, imagePath);
    const metadata = await locateMetadata(image);
    const identity = image instanceof NodeFile ? await identityOfFile(image) : null;
    const journal = await JournalWriter.create({
      operation: change.operation,
      title: change.title,
      imagePath,
      fileSizeBefore: metadata.fileSizeBytes,
      modifiedNsBefore: identity?.modifiedNs ?? null,
      uniqueId: metadata.active?.fields.uniqueId ?? null,
      metadataHashBefore: await hashMetadata(image, metadata),
      request: change.request ?? null,
    });
    return new JournaledFile(image, journal);
  }

  get journalPath(): string {
    return this.#journal.path;
  }
  /** Bytes of the image as it was that are saved so far. */
  get savedBytes(): number {
    return this.#journal.savedBytes;
  }

  /** Saves many ranges under one flush; writes inside them then go straight through. */
  async protect(ranges: Iterable<ByteRange>): Promise<void> {
    invariant(!this.#settled, 'a settled journal protects nothing');
    for (const { start, end } of ranges) await this.#journal.save(this.#image, start, end);
    await this.#journal.barrier();
  }

  size(): Promise<number> {
    return this.#image.size();
  }
  readAt(target: Uint8Array, offset: number): Promise<number> {
    return this.#image.readAt(target, offset);
  }
  extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    return this.#image.extents(offset, length);
  }
  flush(): Promise<void> {
    return this.#image.flush();
  }

  async writeAt(source: Uint8Array, offset: number): Promise<void> {
    await this.protect([{ start: offset, end: offset + source.length }]);
    await this.#image.writeAt(source, offset);
  }

  async setSize(bytes: number): Promise<void> {
    await this.protect([{ start: bytes, end: await this.#image.size() }]);
    await this.#image.setSize(bytes);
  }

  async zeroRange(offset: number, length: number): Promise<void> {
    await this.protect([{ start: offset, end: offset + length }]);
    await this.#image.zeroRange(offset, length);
  }

  /**
   * The change is whole and verified: makes it durable, commits the journal and moves it to the history folder.
   * @returns the journal's path; null where nothing was changed and there is none.
   */
  async settle(options: SettleOptions = {}): Promise<string | null> {
    invariant(!this.#settled, 'a journal settles once');
    if (!this.#journal.armed) {
      this.#settled = true;
      await this.#journal.close();
      return null;
    }
    const { begin } = this.#journal;
    if (options.contentNeutral) await putBackModified(this.#image, begin.modifiedNsBefore);
    await this.#image.flush();
    const fileSizeAfter = await this.#image.size();
    await this.#journal.commit({
      fileSizeAfter,
      metadataHashAfter: await hashMetadata(this.#image),
      rangesHashAfter: await hashRanges(
        this.#image,
        changedRanges(this.#journal.savedRanges, begin.fileSizeBefore, fileSizeAfter),
      ),
      changedBytes: this.savedBytes + Math.max(0, fileSizeAfter - begin.fileSizeBefore),
      contentNeutral: options.contentNeutral === true,
    });
    // only now: where anything before failed, such as a full disk, the caller can still roll back
    this.#settled = true;
    await this.#journal.close();
    return moveToHistory(begin.imagePath, begin.id, options);
  }

  /**
   * Puts every byte back, flushes and removes the journal. Harmless after `settle`.
   * @throws AppError `journal-pending` where that fails: the journal stays beside the image, for a later undo.
   */
  async rollBack(): Promise<void> {
    if (this.#settled) return;
    this.#settled = true;
    const { armed, path, begin } = this.#journal;
    await this.#journal.close();
    if (!armed) return;
    try {
      await restoreSaved(this.#image, await readJournal(path));
      await putBackModified(this.#image, begin.modifiedNsBefore);
      await this.#image.flush();
      await removeJournal(path);
    } catch (error) {
      throw new AppError(
        'journal-pending',
        `A change of "${this.path}" failed, and could not be taken back at once; its undo journal lies beside it.`,
        { context: { path: this.path }, data: { journal: path }, cause: error },
      );
    }
  }

  /** Leaves image and journal as they are; a change in flight can then be rolled back later. */
  async close(): Promise<void> {
    if (this.#settled) return;
    this.#settled = true;
    await this.#journal.close();
  }
}

/**
 * What a change touched, of what the file holds after it: the saved ranges that still exist, and the new tail; merged,
 * so that it makes no difference in how many records they were saved.
 */
export function changedRanges(
  saved: Iterable<ByteRange>,
  fileSizeBefore: number,
  fileSizeAfter: number,
): ByteRanges {
  const changed = new RangeSet();
  for (const { start, end } of saved) changed.add(start, Math.min(end, fileSizeAfter));
  changed.add(fileSizeBefore, fileSizeAfter);
  return changed;
}

/** Gives the file the modification time that it had, as exactly as the host takes it. */
export async function putBackModified(image: RandomAccessFile, modifiedNs: string | null): Promise<void> {
  if (modifiedNs === null || !(image instanceof NodeFile)) return;
  // Whole microseconds are what hosts take; half of one more, as they cut off what a double cannot hold exactly.
  const seconds = (Math.floor(Number(modifiedNs) / 1000) + 0.5) / 1e6;
  // a host that refuses loses no data by it
  await new Promise<void>((resolve) => {
    fs.fstat(image.fd, (error, stats) => {
      if (error) resolve();
      else fs.futimes(image.fd, stats.atimeMs / 1000, seconds, () => resolve());
    });
  });
}
