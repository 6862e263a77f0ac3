import { AppError } from '../../src-shared/errors';
import type { RecordedChange } from '../../src-shared/ipc/contract';
import type { JournalSummary, UndoResult } from '../../src-shared/model/undo';
import { deleteJournal, listJournals, pendingChange, pruneHistory, undoImage } from '../engine';
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

  constructor(parts: UndoParts) {
    this.#parts = parts;
  }

  /** Where settled journals lie. */
  folder(): Promise<string> {
    return this.#parts.undoFolder.current();
  }

  /** Newest first: the history, and what lies beside open images. */
  async list(): Promise<RecordedChange[]> {
    const { registry, watcher, roots } = this.#parts;
    const [current, ...others] = await this.#parts.undoFolder.all();
    const options = { historyFolder: current };
    const found = new Map<string, JournalSummary>();
    const add = (summaries: readonly JournalSummary[]): void => {
      for (const summary of summaries) found.set(summary.journalPath, summary);
    };
    add(await listJournals(options));
    // Of a folder that was used earlier: one that cannot be reached has nothing to offer now.
    for (const historyFolder of others) add(await listJournals({ historyFolder }).catch(() => []));
    for (const imagePath of watcher.paths())
      add(await listJournals({ ...options, imagePath }).catch(() => []));
    const allowed = [...found.values()].filter(({ imagePath }) => roots.allows(imagePath));
    const changes = await Promise.all(
      allowed.map(async (summary) => ({
        ...summary,
        title: await changeInWords(summary.title),
        id: registry.register(summary.journalPath).id,
        image: registry.register(summary.imagePath),
      })),
    );
    return changes.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
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
    const mayOpen = (path: string): boolean => this.#parts.roots.allows(path);
    const historyFolder = await this.#parts.undoFolder.of(journalPath);
    const options = { historyFolder, breakChildren, mayOpen };
    return this.#parts.watcher.whileChanging(imagePath, () => undoImage(journalPath, options));
  }

  /** Its change can then no longer be undone. */
  async remove(journalId: string): Promise<void> {
    await deleteJournal((await this.#find(journalId)).journalPath);
  }

  /** Keeps the history within the quota of the settings, oldest first. */
  async prune(): Promise<void> {
    const { undoQuotaBytes } = await this.#parts.settings.get();
    await pruneHistory(undoQuotaBytes, { historyFolder: await this.folder() });
  }

  /** Only what is listed can be named: an id of another file is no journal. */
  async #find(journalId: string): Promise<JournalSummary> {
    const summary = (await this.list()).find(({ id }) => id === journalId);
    if (summary) return summary;
    throw new AppError('nothing-to-undo', 'This change is not on record any more.');
  }
}
