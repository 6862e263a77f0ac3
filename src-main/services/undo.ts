import path from 'node:path';
import { AppError } from '../../src-shared/errors';
import type { ChangeList, ChangeOutlook } from '../../src-shared/ipc/contract';
import type { JournalHead, JournalSummary, UndoResult } from '../../src-shared/model/undo';
import {
  deleteJournal,
  listJournalHeads,
  pendingChange,
  pruneHistory,
  summarizeJournal,
  undoImage,
} from '../engine';
import { lookAtFiles, type ReviewedFile } from '../jobs';
import { changeInWords } from './finding-titles';
import type { FileRegistry } from './files/file-registry';
import type { Roots } from './files/roots';
import type { FileWatcher } from './files/watch';
import type { SettingsService } from './settings';
import type { UndoFolder } from './undo-folder';

export interface UndoParts {
  readonly registry: FileRegistry;
  readonly roots: Roots;
  readonly watcher: FileWatcher;
  readonly settings: SettingsService;
  readonly undoFolder: UndoFolder;
}

/** The undo journals of this account that this door may play back, by ids of its own. */
export class UndoService {
  readonly #parts: UndoParts;
  /** What was found out, for the states of journal and image that it was found for. */
  readonly #outlooks = new Map<string, { files: readonly ReviewedFile[]; outlook: ChangeOutlook }>();

  constructor(parts: UndoParts) {
    this.#parts = parts;
  }

  /** Where settled journals lie. */
  folder(): Promise<string> {
    return this.#parts.undoFolder.current();
  }

  /**
   * Newest first: the history, and what lies beside open images. Nothing but the ends of the journals is read, so that
   * the list comes at once however much they keep; `look` tells what has become of an image.
   */
  async list(): Promise<ChangeList> {
    const { registry, roots } = this.#parts;
    const found = await this.#heads();
    const allowed = found.filter(({ imagePath }) => roots.allows(imagePath));
    const journals = await Promise.all(
      allowed.map(async (head) => ({
        ...head,
        title: await changeInWords(head.title),
        id: registry.register(head.journalPath).id,
        image: registry.register(head.imagePath),
      })),
    );
    return { journals, elsewhere: found.length - allowed.length };
  }

  /** Whether a change can be undone now. Reads what it wrote, unless that was done for this state before. */
  async look(journalId: string): Promise<ChangeOutlook> {
    const { journalPath, imagePath } = await this.#find(journalId);
    // the folder, too: a child that was made beside the image has a say
    const files = await lookAtFiles([journalPath, imagePath, path.dirname(imagePath)]);
    const known = this.#outlooks.get(journalPath);
    if (known && JSON.stringify(known.files) === JSON.stringify(files)) return known.outlook;
    const historyFolder = await this.#parts.undoFolder.of(journalPath);
    const mayOpen = (one: string): boolean => this.#parts.roots.allows(one);
    const summary = await summarizeJournal(journalPath, { historyFolder, mayOpen });
    const { state, usable, reason, waits, children } = summary;
    const outlook = { state, usable, reason, ...(waits ? { waits } : {}), ...(children ? { children } : {}) };
    this.#outlooks.set(journalPath, { files, outlook });
    return outlook;
  }

  /** What was begun with an image and not settled; null where there is nothing of the kind. */
  async pending(fileId: string): Promise<JournalSummary | null> {
    const { registry } = this.#parts;
    const options = { historyFolder: await this.folder() };
    const change = await pendingChange(await registry.pathOf(fileId), options);
    if (!change) return null;
    const title = await changeInWords(change.title);
    return { ...change, title, id: registry.register(change.journalPath).id };
  }

  /** @throws AppError `nothing-to-undo`, `journal-invalid`, `has-children`, and those of locking and writing. */
  async apply(journalId: string, breakChildren = false): Promise<UndoResult> {
    const { journalPath, imagePath } = await this.#find(journalId);
    const mayOpen = (one: string): boolean => this.#parts.roots.allows(one);
    const historyFolder = await this.#parts.undoFolder.of(journalPath);
    const options = { historyFolder, breakChildren, mayOpen };
    return this.#parts.watcher.whileChanging(imagePath, () => undoImage(journalPath, options));
  }

  /** Its change can then no longer be undone. */
  async remove(journalId: string): Promise<void> {
    const { journalPath } = await this.#find(journalId);
    await deleteJournal(journalPath);
    // what waited for it to be undone waits in vain now
    this.#outlooks.clear();
  }

  /** Keeps the history within the quota of the settings, oldest first. */
  async prune(): Promise<void> {
    const { undoQuotaBytes } = await this.#parts.settings.get();
    await pruneHistory(undoQuotaBytes, { historyFolder: await this.folder() });
  }

  /** Every journal that is known of, newest first. */
  async #heads(): Promise<JournalHead[]> {
    const [current, ...others] = await this.#parts.undoFolder.all();
    const beside = this.#parts.watcher.paths();
    const found = new Map<string, JournalHead>();
    const add = (heads: readonly JournalHead[]): void => {
      for (const head of heads) found.set(head.journalPath, head);
    };
    add(await listJournalHeads({ historyFolder: current, beside }));
    // Of a folder that was used earlier: one that cannot be reached has nothing to offer now.
    for (const historyFolder of others) add(await listJournalHeads({ historyFolder }).catch(() => []));
    return [...found.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Only what is listed can be named: an id of another file is no journal, and one outside the roots has no id. */
  async #find(journalId: string): Promise<JournalHead> {
    const journalPath = this.#parts.registry.known(journalId);
    const head = (await this.#heads()).find((one) => one.journalPath === journalPath);
    if (head && this.#parts.roots.allows(head.imagePath)) return head;
    throw new AppError('nothing-to-undo', 'This change is not on record any more.');
  }
}
