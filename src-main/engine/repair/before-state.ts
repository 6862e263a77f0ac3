/** An image as it was before a change that is on record: what it holds now, with the old bytes of undo journals over it. */
import { AppError } from '../../../src-shared/errors';
import {
  identityOfFile,
  identityOfPath,
  isSameState,
  NodeFile,
  type FileExtent,
  type FileIdentity,
  type RandomAccessFile,
} from '../io';
import { invalidJournal, type JournalContents } from './journal-contents';
import { realPath } from './pending-journal';
import type { HistoryOptions } from './journal-store';
import { RolledBackView } from './restore';
import { journalsOf, whyUnusable } from './undo';

/** Names a state as plain data that may cross to another thread. */
export interface BeforeStateSource extends HistoryOptions {
  readonly imagePath: string;
  /** The journal of the change. */
  readonly journalPath: string;
}

/** One state that an image was in, with why it can no longer be shown, where it cannot. */
export interface BeforeStateFacts {
  readonly journalPath: string;
  readonly operation: string;
  readonly title: string;
  /** When the change was made, ISO 8601 UTC. */
  readonly createdAt: string;
  readonly fileSizeBytes: number;
  readonly reason: string | null;
}

/**
 * The states of an image before each change on record, newest first. An older one is seen through the journals of the
 * changes made since. Writes nothing.
 * @throws AppError of kind `system`.
 */
export async function listBeforeStates(
  imagePath: string,
  options: HistoryOptions = {},
): Promise<BeforeStateFacts[]> {
  const real = await realPath(imagePath);
  const journals = await journalsOf(real, options);
  if (journals.length === 0) return [];
  const layers = await Layers.over(real);
  try {
    const states: BeforeStateFacts[] = [];
    for (const journal of journals) {
      const { begin, path } = journal;
      const { operation, title, createdAt, fileSizeBefore: fileSizeBytes } = begin;
      const reason = await whyUnusable(layers.top, journal, options);
      if (reason === null) await layers.add(journal);
      states.push({ journalPath: path, operation, title, createdAt, fileSizeBytes, reason });
    }
    return states;
  } finally {
    await layers.close();
  }
}

/** Which files a proof holds for, each in the state in which it was looked at. */
interface Proof {
  readonly image: FileIdentity;
  readonly journals: readonly { readonly contents: JournalContents; readonly identity: FileIdentity }[];
}

/**
 * One such state, to be opened as often as asked for. The hashes of the journals are checked once, and again only where
 * one of the files changed since.
 */
export class BeforeState {
  readonly #source: BeforeStateSource;
  #proof: Proof | null = null;

  constructor(source: BeforeStateSource) {
    this.#source = source;
  }

  /**
   * Opens the state to read.
   * @throws AppError `journal-invalid` with the reason where the image or a journal changed since, `file-changed` where
   *   that happens while it is read, and of kind `system`.
   */
  async open(): Promise<RandomAccessFile> {
    const layers = await Layers.over(await realPath(this.#source.imagePath));
    try {
      const identity = await identityOfFile(layers.image);
      const known = this.#proof;
      if (known && isSameState(known.image, identity) && (await areUnchanged(known)))
        for (const { contents } of known.journals) await layers.add(contents);
      else this.#proof = await this.#prove(layers, identity);
      return new BeforeFile(layers, identity);
    } catch (error) {
      await layers.close();
      throw error;
    }
  }

  /** Lays journal over journal, newest first, down to the one that is named. */
  async #prove(layers: Layers, image: FileIdentity): Promise<Proof> {
    const { imagePath, journalPath } = this.#source;
    const used: { contents: JournalContents; identity: FileIdentity }[] = [];
    for (const contents of await journalsOf(await realPath(imagePath), this.#source)) {
      const identity = await identityOfPath(contents.path);
      const reason = await whyUnusable(layers.top, contents, this.#source);
      const isNamed = contents.path === journalPath;
      if (reason === null) {
        await layers.add(contents);
        used.push({ contents, identity });
        if (isNamed) return { image, journals: used };
      } else if (isNamed) throw invalidJournal(journalPath, reason);
    }
    throw invalidJournal(journalPath, 'the change is not on record any more');
  }
}

/** Opens a state once. @throws AppError as BeforeState.open. */
export const openBeforeState = (source: BeforeStateSource): Promise<RandomAccessFile> =>
  new BeforeState(source).open();

async function areUnchanged({ journals }: Proof): Promise<boolean> {
  for (const { contents, identity } of journals) {
    const now = await identityOfPath(contents.path).catch(() => null);
    if (!now || !isSameState(now, identity)) return false;
  }
  return true;
}

/** An open image with journals laid over it, one on the other. */
class Layers {
  readonly image: NodeFile;
  readonly #sources: NodeFile[] = [];
  #top: RandomAccessFile;

  private constructor(image: NodeFile) {
    this.image = image;
    this.#top = image;
  }

  static async over(imagePath: string): Promise<Layers> {
    return new Layers(await NodeFile.open(imagePath, 'read'));
  }

  get top(): RandomAccessFile {
    return this.#top;
  }

  async add(journal: JournalContents): Promise<void> {
    const source = await NodeFile.open(journal.path, 'read');
    this.#sources.push(source);
    this.#top = new RolledBackView(this.#top, source, journal);
  }

  async close(): Promise<void> {
    for (const file of [...this.#sources, this.image]) await file.close();
  }
}

/** What was read is of the proven state, or refused: the image is looked at again after every read. */
class BeforeFile implements RandomAccessFile {
  readonly path: string;
  readonly writable = false;
  readonly #layers: Layers;
  readonly #identity: FileIdentity;

  constructor(layers: Layers, identity: FileIdentity) {
    this.path = layers.image.path;
    this.#layers = layers;
    this.#identity = identity;
  }

  size(): Promise<number> {
    return this.#layers.top.size();
  }

  async readAt(target: Uint8Array, offset: number): Promise<number> {
    const count = await this.#layers.top.readAt(target, offset);
    await this.#requireUnchanged();
    return count;
  }

  async extents(offset: number, length: number): Promise<readonly FileExtent[]> {
    const extents = await this.#layers.top.extents(offset, length);
    await this.#requireUnchanged();
    return extents;
  }

  writeAt(): Promise<void> {
    return this.#layers.top.writeAt(new Uint8Array(0), 0);
  }
  setSize(): Promise<void> {
    return this.#layers.top.setSize(0);
  }
  zeroRange(): Promise<void> {
    return this.#layers.top.zeroRange(0, 0);
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return this.#layers.close();
  }

  async #requireUnchanged(): Promise<void> {
    if (isSameState(this.#identity, await identityOfFile(this.#layers.image))) return;
    throw new AppError('file-changed', `"${this.path}" was changed while its earlier state was read.`, {
      context: { path: this.path },
      unchanged: 'Nothing was written.',
    });
  }
}
