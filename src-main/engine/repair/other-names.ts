/** Hard links: an image that was changed under one name may be asked about under another. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { identityOfPath, isSameFile } from '../io';
import { readJournalBegin } from './journal-reader';
import { imageOfJournalPath, JOURNAL_SUFFIX } from './journal-names';
import { journalPaths, type HistoryOptions } from './journal-store';

/**
 * The other names of an image under which changes of it are on record: of the history, and of journals in flight in its
 * folder. Looks no further where the file has one name only.
 * @param imagePath a real path.
 */
export async function otherNames(imagePath: string, options: HistoryOptions): Promise<string[]> {
  const stats = await fs.stat(imagePath).catch(() => null);
  if (!stats || stats.nlink < 2) return [];
  const identity = await identityOfPath(imagePath);
  const names = new Set<string>();
  for (const name of await namesOnRecord(path.dirname(imagePath), options)) {
    const other = name === imagePath ? null : await identityOfPath(name).catch(() => null);
    if (other && isSameFile(identity, other)) names.add(name);
  }
  return [...names];
}

async function namesOnRecord(folder: string, options: HistoryOptions): Promise<string[]> {
  const beside = (await fs.readdir(folder).catch(() => [])).filter((name) => name.endsWith(JOURNAL_SUFFIX));
  const begins = (await journalPaths(options)).map((journal) => readJournalBegin(journal).catch(() => null));
  return [
    ...beside.map((name) => imageOfJournalPath(path.join(folder, name)) ?? ''),
    ...(await Promise.all(begins)).map((begin) => begin?.imagePath ?? ''),
  ];
}
