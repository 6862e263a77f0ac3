/** Changes of one image lie on each other like layers: an older one can be undone once the later ones have been. */
import path from 'node:path';
import type { JournalContents } from './journal-contents';
import { readJournalEnds } from './journal-ends';
import { isJournalNameOf } from './journal-names';
import { journalPaths, type HistoryOptions } from './journal-store';

/**
 * The change that was made next to what this one left and can still be taken back, through however many others; null
 * where there is none, so that somebody else changed the image or the later journal is gone.
 * @param canUndo whether a change fits the image as it is now.
 */
export async function laterChange(
  journal: JournalContents,
  canUndo: (later: JournalContents) => Promise<boolean>,
  options: HistoryOptions = {},
): Promise<JournalContents | null> {
  const { imagePath } = journal.begin;
  const layers: JournalContents[] = [];
  for (const found of await journalPaths(options, imagePath)) {
    if (!isJournalNameOf(path.basename(found), path.basename(imagePath))) continue;
    const ends = await readJournalEnds(found).catch(() => null);
    if (ends?.commit && ends.undone === null && ends.begin.imagePath === imagePath) layers.push(ends);
  }
  layers.sort((a, b) => a.begin.createdAt.localeCompare(b.begin.createdAt));
  let top = journal;
  let next: JournalContents | null = null;
  for (const layer of layers) {
    if (layer.begin.createdAt <= top.begin.createdAt || !liesOn(layer, top)) continue;
    next ??= layer;
    top = layer;
  }
  return next !== null && (await canUndo(top)) ? next : null;
}

/** Whether a change began with exactly what the other one had left. */
const liesOn = ({ begin }: JournalContents, { commit }: JournalContents): boolean =>
  begin.fileSizeBefore === commit?.fileSizeAfter && begin.metadataHashBefore === commit.metadataHashAfter;
