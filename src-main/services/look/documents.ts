import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { StateRef } from '../../../src-shared/model/file-ref';
import {
  BeforeState,
  listBeforeStates,
  openDisk,
  openDiskFromFile,
  openImageFile,
  type BeforeStateSource,
  type OpenDiskOptions,
  type OpenedDisk,
  type RandomAccessFile,
} from '../../engine';
import { changeInWords } from '../finding-titles';
import type { FileRegistry } from '../files/file-registry';
import type { Roots } from '../files/roots';

interface DocumentsParts {
  readonly registry: FileRegistry;
  readonly roots: Roots;
  /** Every folder that settled journals may lie in, the one in force first. */
  readonly historyFolders: () => Promise<readonly string[]>;
}

type ListedState = Awaited<ReturnType<typeof listBeforeStates>>[number] & { readonly historyFolder: string };

interface KnownState {
  readonly source: BeforeStateSource;
  readonly state: BeforeState;
}

/**
 * What can be looked at by an id: a file that was chosen, or the state of one before a change on record. The id of such
 * a state is good for reading and nothing else: no verb that writes knows it.
 */
export class Documents {
  readonly #parts: DocumentsParts;
  readonly #states = new Map<string, KnownState>();
  readonly #idByPlace = new Map<string, string>();

  constructor(parts: DocumentsParts) {
    this.#parts = parts;
  }

  /** The states of an image before each change on record, newest first. @throws AppError as `pathOf`. */
  async states(fileId: string): Promise<StateRef[]> {
    const imagePath = await this.pathOf(fileId);
    const found = await this.#listStates(imagePath);
    return Promise.all(
      found.map(async ({ journalPath, historyFolder, operation, title, createdAt, reason }) => ({
        id: this.#register({ imagePath, journalPath, historyFolder }),
        name: path.basename(imagePath),
        displayPath: imagePath,
        operation,
        title: await changeInWords(title),
        createdAt,
        journalPath,
        reason,
      })),
    );
  }

  /** One folder's journals are read at a time, so a state is only seen through newer ones of the same folder. */
  async #listStates(imagePath: string): Promise<ListedState[]> {
    const found = new Map<string, ListedState>();
    for (const [index, historyFolder] of (await this.#parts.historyFolders()).entries()) {
      const listed = listBeforeStates(imagePath, { historyFolder });
      // Of a folder that was used earlier: one that cannot be reached has nothing to offer now.
      for (const state of await (index === 0 ? listed : listed.catch(() => []))) {
        // A journal beside the image is met in every folder's list.
        const known = found.get(state.journalPath);
        if (!known || known.reason !== null) found.set(state.journalPath, { ...state, historyFolder });
      }
    }
    return [...found.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** The path of the image that an id is about. @throws AppError `unknown-file`, `outside-roots`. */
  async pathOf(id: string): Promise<string> {
    const known = this.#states.get(id);
    if (!known) return this.#parts.registry.pathOf(id);
    await this.#parts.roots.require(known.source.imagePath);
    return known.source.imagePath;
  }

  /** The change before which the state lies, for a worker that opens it by itself; undefined for a file as it is. */
  beforeOf(
    id: string,
  ): { readonly journalPath: string; readonly historyFolder?: string | undefined } | undefined {
    const source = this.#states.get(id)?.source;
    return source && { journalPath: source.journalPath, historyFolder: source.historyFolder };
  }

  /** Reads what an id stands for; closed when `work` ends. @throws AppError as BeforeState.open, `pathOf`, and of kind `system`. */
  async using<T>(id: string, work: (file: RandomAccessFile) => Promise<T>): Promise<T> {
    const imagePath = await this.pathOf(id);
    const file = await (this.#states.get(id)?.state.open() ?? openImageFile(imagePath));
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  /** The same with the guest's disk, its chain included; of a state before a change, damaged parts read as zeros. @throws AppError as openDisk besides. */
  async usingDisk<T>(
    id: string,
    options: OpenDiskOptions,
    work: (opened: OpenedDisk) => Promise<T>,
  ): Promise<T> {
    const imagePath = await this.pathOf(id);
    const state = this.#states.get(id)?.state;
    const opened = state
      ? await openDiskFromFile(await state.open(), { ...options, allowDamaged: true, path: imagePath })
      : await openDisk(imagePath, options);
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  }

  #register(source: BeforeStateSource): string {
    const place = `${source.imagePath}\0${source.journalPath}`;
    const known = this.#idByPlace.get(place);
    if (known !== undefined) return known;
    const id = randomBytes(12).toString('base64url');
    this.#idByPlace.set(place, id);
    this.#states.set(id, { source, state: new BeforeState(source) });
    return id;
  }
}
