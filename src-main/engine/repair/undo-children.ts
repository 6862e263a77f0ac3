/** What children see of a change that is taken back: they know their parent by its id, and show its content. */
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { findChildren, requireNoChildren, type PeekedImage } from '../chain';
import type { MayOpen } from '../chain/may-open';
import { quotedNames } from '../chain/quoted-names';
import { readMetadata } from '../disk/metadata';
import { NodeFile, type RandomAccessFile } from '../io';
import { isPending, type JournalContents } from './journal-contents';
import { RolledBackView } from './restore';

export interface UndoChildrenOptions {
  /** Go on although images in the same folder depend on this one and would see the undo. */
  readonly breakChildren?: boolean | undefined;
  readonly mayOpen?: MayOpen | undefined;
}

/** What an image is known by. */
interface Known {
  readonly uniqueId: string;
  readonly currentSizeBytes: number | null;
}

/**
 * Refuses an undo that children would see, as the change itself would be refused (DESIGN rule 8), and one that gives
 * the image back an id that others name: they would take it for their parent again, though it may have changed while
 * they did not know it. Rolling back what was interrupted is never refused: half a change is nothing that a child could
 * stand on, and nobody could write in between.
 * @returns warnings about those children, where that is accepted.
 * @throws AppError `has-children`, naming them.
 */
export async function requireUndoHarmless(
  image: RandomAccessFile,
  journal: JournalContents,
  options: UndoChildrenOptions,
): Promise<readonly string[]> {
  if (isPending(journal)) return [];
  const now: Known | null = (await readMetadata(image, false)).active?.fields ?? null;
  const before = await knownBefore(image, journal);
  const isSame = now?.uniqueId === before?.uniqueId && now?.currentSizeBytes === before?.currentSizeBytes;
  if (isSame && journal.commit?.contentNeutral === true) return [];
  const orphans =
    before && before.uniqueId !== now?.uniqueId
      ? await findChildren(image.path, before.uniqueId, options)
      : [];
  const isAsked = orphans.length === 0 || options.breakChildren === true;
  const broken = now
    ? await (isAsked ? requireNoChildren : findChildren)(image.path, now.uniqueId, options)
    : [];
  if (!isAsked) throw takenAgain(image.path, orphans, broken);
  return [
    ...broken.map((child) => `"${child.path}" is a child of what was changed and is broken now.`),
    ...orphans.map(
      (child) =>
        `"${child.path}" takes this image for its parent again; what it shows is right only if the image was not changed in between.`,
    ),
  ];
}

/** Images that stood on this one before its id changed would again; those that stand on it now would break. */
function takenAgain(
  imagePath: string,
  orphans: readonly PeekedImage[],
  broken: readonly PeekedImage[],
): AppError {
  const [again, lost] = [orphans, broken].map((images) => images.map((image) => image.path)) as [
    string[],
    string[],
  ];
  const breaks = lost.length === 0 ? '' : ` ${quotedNames(lost)} would break.`;
  return new AppError(
    'has-children',
    `"${path.basename(imagePath)}" would get back the unique id by which ${quotedNames(again)} ${again.length === 1 ? 'knows its parent' : 'know their parent'}, and be taken for it again, although it may have changed since.${breaks}`,
    {
      context: { path: imagePath },
      data: { children: [...again, ...lost], regained: again },
      unchanged: 'Nothing was written.',
      hint: 'Where the image shows what they were made over, go on with --break-children; else leave it as it is.',
    },
  );
}

async function knownBefore(image: RandomAccessFile, journal: JournalContents): Promise<Known | null> {
  const source = await NodeFile.open(journal.path, 'read');
  try {
    const view = new RolledBackView(image, source, journal);
    return (await readMetadata(view, false)).active?.fields ?? null;
  } finally {
    await source.close();
  }
}
