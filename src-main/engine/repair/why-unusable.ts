/** Whether a journal still fits the image that it is of. */
import path from 'node:path';
import { NodeFile, type RandomAccessFile } from '../io';
import type { JournalContents } from './journal-contents';
import { historyFolder, type HistoryOptions } from './journal-store';
import { changedRanges } from './journaled-file';
import { mergeAdvice, mergeMarkOf } from './merge-mark';
import { RolledBackView } from './restore';
import { hashMetadata, hashRanges } from './state-hash';

/** Whether a journal lies in our own history folder: what it says of paths is then followed. */
export const isInHistory = (journalPath: string, options: HistoryOptions): boolean =>
  path.dirname(path.resolve(journalPath)) === path.resolve(historyFolder(options));

/** Why a journal cannot be used on an image now, in words; null where it can. Writes nothing. */
export async function whyUnusable(
  image: RandomAccessFile,
  journal: JournalContents,
  options: HistoryOptions = {},
): Promise<string | null> {
  const { begin, commit, saved } = journal;
  const mark = mergeMarkOf(begin);
  if (mark) return mergeAdvice(mark, begin.imagePath);
  if (journal.undone !== null) return `it was undone at ${journal.undone.undoneAt}`;
  if (!journal.armed || (commit === null && isInHistory(journal.path, options)))
    return 'it is cut short: the end that every settled journal has is missing';
  if (commit !== null && journal.torn && !journal.undoing)
    return 'bytes were added to it, or its end is damaged';
  const source = await NodeFile.open(journal.path, 'read');
  try {
    if (commit !== null && !journal.undoing) {
      const sizeBytes = await image.size();
      if (sizeBytes !== commit.fileSizeAfter)
        return `the image has ${sizeBytes} bytes, not the ${commit.fileSizeAfter} that the change left: it was changed since`;
      if ((await hashMetadata(image)) !== commit.metadataHashAfter)
        return 'the metadata of the image is not what the change left: it was changed since, or it is another image';
      if (
        (await hashRanges(image, changedRanges(saved, begin.fileSizeBefore, sizeBytes))) !==
        commit.rangesHashAfter
      )
        return 'bytes that the change wrote were changed since';
    }
    const before = await hashMetadata(new RolledBackView(image, source, journal));
    if (before !== begin.metadataHashBefore)
      return 'putting its bytes back would not give the image as it was: the image was changed since, the journal belongs to another image, or it is cut short';
    return null;
  } finally {
    await source.close();
  }
}
