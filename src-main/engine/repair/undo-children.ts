/** What children see of a change that is taken back: they know their parent by its id, and show its content. */
import { requireNoChildren } from '../chain';
import type { MayOpen } from '../chain/may-open';
import { readMetadata } from '../disk/metadata';
import { NodeFile, type RandomAccessFile } from '../io';
import { isPending, type JournalContents } from './journal';
import { RolledBackView } from './restore';

export interface UndoChildrenOptions {
  /** Go on although images in the same folder depend on this one and would see the undo. */
  readonly breakChildren?: boolean | undefined;
  readonly mayOpen?: MayOpen | undefined;
}

/**
 * Refuses an undo that children would see, as the change itself would be refused (DESIGN rule 8). Rolling back what was
 * interrupted is never refused: half a change is nothing that a child could stand on.
 * @returns names of the children that will break, where that is accepted.
 * @throws AppError `has-children`, naming them.
 */
export async function requireUndoHarmless(
  image: RandomAccessFile,
  journal: JournalContents,
  options: UndoChildrenOptions,
): Promise<readonly string[]> {
  if (isPending(journal)) return [];
  const now = (await readMetadata(image, false)).active?.fields;
  if (!now || (journal.commit?.contentNeutral === true && (await keepsIdAndSize(image, journal, now))))
    return [];
  const children = await requireNoChildren(image.path, now.uniqueId, options);
  return children.map((child) => child.path);
}

async function keepsIdAndSize(
  image: RandomAccessFile,
  journal: JournalContents,
  now: { readonly uniqueId: string; readonly currentSizeBytes: number | null },
): Promise<boolean> {
  const source = await NodeFile.open(journal.path, 'read');
  try {
    const view = new RolledBackView(image, source, journal);
    const before = (await readMetadata(view, false)).active?.fields;
    return before?.uniqueId === now.uniqueId && before.currentSizeBytes === now.currentSizeBytes;
  } finally {
    await source.close();
  }
}
