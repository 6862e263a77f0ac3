/** Where undo journals lie: beside the image while a change is in flight, in the history folder once it is settled. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { flushFolder, makeFolder, NodeFile, OutputFile, systemError } from '../io';
import { inFlightPath, isJournalNameOf, JOURNAL_SUFFIX, settledName } from './journal-names';

const COPY_CHUNK_BYTES = 1 << 20;

export interface HistoryOptions {
  /** The history folder; otherwise PLATTER_UNDO_DIR, `undo` in PLATTER_DATA_DIR, or in the system's folder for a program's data. */
  readonly historyFolder?: string | undefined;
}

export function historyFolder(options: HistoryOptions = {}): string {
  if (options.historyFolder !== undefined) return options.historyFolder;
  const { PLATTER_UNDO_DIR: own, PLATTER_DATA_DIR: data } = process.env;
  return own || (data ? path.join(path.resolve(data), 'undo') : platformFolder());
}

function platformFolder(): string {
  const home = os.homedir();
  if (process.platform === 'win32')
    return path.join(process.env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'), 'Platter', 'undo');
  if (process.platform === 'darwin')
    return path.join(home, 'Library', 'Application Support', 'Platter', 'undo');
  const data = process.env['XDG_DATA_HOME'];
  return path.join(
    data && path.isAbsolute(data) ? data : path.join(home, '.local', 'share'),
    'platter',
    'undo',
  );
}

/**
 * Moves a settled journal to the history folder. Where that fails it stays beside the image, under a name of its own
 * so that the next change can begin.
 * @returns where it is now.
 */
export async function moveToHistory(imagePath: string, id: string, options: HistoryOptions): Promise<string> {
  const journalPath = inFlightPath(imagePath);
  const name = settledName(path.basename(imagePath), id);
  const inHistory = path.join(historyFolder(options), name);
  try {
    await makeFolder(historyFolder(options), 0o700);
    await moveFile(journalPath, inHistory);
    return inHistory;
  } catch {
    const beside = path.join(path.dirname(journalPath), name);
    try {
      await fs.rename(journalPath, beside);
      return beside;
    } catch {
      return journalPath;
    }
  }
}

/** Moves within a file system by its name, else by a copy that is whole before it has one. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await fs.rename(from, to);
    await flushFolder(path.dirname(to));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EXDEV') throw error;
    await copyFile(from, to);
    await fs.rm(from);
  }
  await flushFolder(path.dirname(from));
}

async function copyFile(from: string, to: string): Promise<void> {
  const source = await NodeFile.open(from, 'read');
  try {
    const output = await OutputFile.create(to);
    try {
      const buffer = new Uint8Array(COPY_CHUNK_BYTES);
      for (let offset = 0; ;) {
        const count = await source.readAt(buffer, offset);
        if (count === 0) break;
        await output.file.writeAt(buffer.subarray(0, count), offset);
        offset += count;
      }
      await output.publish();
    } finally {
      await output.discard();
    }
  } finally {
    await source.close();
  }
}

/** Brings a settled journal back beside its image, where the way back can be found if it is interrupted. */
export async function moveBeside(journalPath: string, imagePath: string): Promise<string> {
  const target = inFlightPath(imagePath);
  if (path.resolve(journalPath) === path.resolve(target)) return journalPath;
  await moveFile(journalPath, target);
  return target;
}

/**
 * Keeps in the history what is left to say of a change that was taken back: a record without the bytes. What cannot be
 * kept is no reason to fail: the image is as it was.
 */
export async function keepRecord(
  imagePath: string,
  id: string,
  record: Uint8Array,
  options: HistoryOptions,
): Promise<void> {
  const folder = historyFolder(options);
  try {
    await makeFolder(folder, 0o700);
    const target = path.join(folder, settledName(path.basename(imagePath), id));
    const output = await OutputFile.create(target, { replace: true });
    try {
      await output.file.writeAt(record, 0);
      await output.publish();
    } finally {
      await output.discard();
    }
  } catch {
    // the list of changes is a convenience; the undo itself is done and durable
  }
}

/** Paths of all journals in the history folder, and of those beside `imagePath` where one is given. */
export async function journalPaths(options: HistoryOptions, imagePath?: string): Promise<string[]> {
  const found = await journalsIn(historyFolder(options), () => true);
  if (imagePath !== undefined) {
    const name = path.basename(imagePath);
    found.push(...(await journalsIn(path.dirname(imagePath), (entry) => isJournalNameOf(entry, name))));
  }
  return [...new Set(found.map((one) => path.resolve(one)))];
}

async function journalsIn(folder: string, accept: (name: string) => boolean): Promise<string[]> {
  try {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(JOURNAL_SUFFIX) && accept(entry.name))
      .map((entry) => path.join(folder, entry.name));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    throw systemError(error, { path: folder, operation: 'list' });
  }
}

export async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
