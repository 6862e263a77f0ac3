import path from 'node:path';
import type { ChainProblem, EdgeEvidence } from '../../../src-shared/model/chain';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { formatTimestamp } from '../../../src-shared/vhd/timestamp';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { parentTime } from './parent-time';
import type { PeekedImage } from './peek-image';
import type { ParentResolution } from './resolve-parent';

/** What speaks for and against a resolved parent. */
export function evidenceOf(child: PeekedImage, resolution: ParentResolution): EdgeEvidence {
  const parent = parentOf(resolution);
  return {
    idMatches: resolution.identity === 'proven' ? true : resolution.identity === 'mismatch' ? false : null,
    timeMatches: parent ? parentTime(child, parent).matches : null,
    sizeMatches: parent ? sizeOf(child) === sizeOf(parent) : null,
    foundBy: 'foundBy' in resolution ? resolution.foundBy : null,
    locators: resolution.trials,
  };
}

export function parentOf(resolution: ParentResolution): PeekedImage | null {
  return resolution.identity === 'proven' || resolution.identity === 'mismatch' ? resolution.parent : null;
}

export const sizeOf = (image: PeekedImage): number | null =>
  image.metadata.active?.fields.currentSizeBytes ?? null;

/** What is wrong or remarkable with the edge from `child` to its parent. */
export function edgeProblems(child: PeekedImage, resolution: ParentResolution): ChainProblem[] {
  const parentId = child.metadata.header?.fields.parentUniqueId ?? NULL_UUID;
  const problems: ChainProblem[] = [];
  const add = (code: ChainProblem['code'], severity: ChainProblem['severity'], message: string): void => {
    problems.push({ code, severity, message });
  };
  switch (resolution.identity) {
    case 'missing':
      if (resolution.isSelf) add('chain-loop', 'error', 'The image names itself as its parent.');
      else add('parent-missing', 'error', `No image with the unique id ${parentId} was found.`);
      break;
    case 'mismatch':
      add(
        'parent-mismatch',
        'error',
        `"${resolution.parent.path}" has the unique id ${resolution.parent.metadata.active?.fields.uniqueId ?? 'of nothing'}, not ${parentId}.`,
      );
      break;
    case 'ambiguous':
      add(
        'parent-ambiguous',
        'error',
        `These images all have the unique id ${parentId}: ${resolution.paths.join(', ')}.`,
      );
      break;
    case 'raw':
      add(
        'parent-raw',
        'warning',
        'The parent is a raw disk, which carries no identity; name it when reading.',
      );
      break;
    case 'proven':
      if (resolution.rivals.length > 0)
        add(
          'duplicate-id',
          'warning',
          `The locators lead to more than one image with the unique id ${parentId}: "${resolution.parent.path}", which is taken, and ${resolution.rivals.map((rival) => `"${rival}"`).join(', ')}.`,
        );
      break;
  }
  const evidence = evidenceOf(child, resolution);
  const parent = parentOf(resolution);
  if (parent && evidence.sizeMatches === false) {
    const [own, theirs] = [sizeOf(child) ?? 0, sizeOf(parent) ?? 0];
    const message = `The parent has ${formatSizeBoth(theirs)}, this disk ${formatSizeBoth(own)}.`;
    add('parent-size-differs', 'warning', message);
  }
  if (parent && evidence.timeMatches === false)
    add('parent-time-differs', 'note', timeMessage(child, parent));
  if (parent && resolution.identity === 'proven' && resolution.foundBy === 'unique id')
    add('parent-found-by-id', 'note', foundByIdMessage(child, parent));
  return problems;
}

/** Clocks and time zones differ between the programs that make images. */
const TOLERANCE_SECONDS = 26 * 3600;

/** That a parent was made after its child, by their own creation times; null where that is not so. */
export function madeAfterChild(
  child: Pick<PeekedImage, 'metadata'>,
  parent: Pick<PeekedImage, 'metadata'>,
): string | null {
  const [own, theirs] = [child, parent].map(({ metadata }) => metadata.active?.fields.timestampSeconds ?? 0);
  if (!own || !theirs || theirs <= own + TOLERANCE_SECONDS) return null;
  return `The parent was made at ${formatTimestamp(theirs)}, this image at ${formatTimestamp(own)}.`;
}

/**
 * Why a proven parent may hold other content than its child was made over, for whoever reads or changes the content;
 * null where nothing says so. The modification time of a file that is where the child says is no such reason: copying
 * both files is enough to change it (K§3 #42).
 */
export function parentDoubt(child: PeekedImage, parent: PeekedImage, foundBy: string): string | null {
  const byId = foundBy === 'unique id' ? [foundByIdMessage(child, parent), modifiedSince(child, parent)] : [];
  const reasons = [...byId, madeAfterChild(child, parent)].filter((reason) => reason !== null);
  if (reasons.length === 0) return null;
  return `The content of "${child.path}" may be wrong, read over "${parent.path}". ${reasons.join(' ')}`;
}

/** What a child's new link to `parent` makes it forget: that the file was changed after the child was made. */
export function forgottenByRelink(child: PeekedImage, parent: PeekedImage): string | null {
  const reasons = [modifiedSince(child, parent), madeAfterChild(child, parent)].filter(
    (reason) => reason !== null,
  );
  if (reasons.length === 0) return null;
  return `${reasons.join(' ')} Make sure that "${parent.path}" holds what the child was made over: the link that is written now remembers it as it is.`;
}

/** That a parent's file was modified at another time than its child remembers; null where that is not so. */
const modifiedSince = (child: PeekedImage, parent: PeekedImage): string | null =>
  parentTime(child, parent).matches === false ? timeMessage(child, parent) : null;

function timeMessage(child: PeekedImage, parent: PeekedImage): string {
  const { modified, stored } = parentTime(child, parent);
  return `The parent "${path.basename(parent.path)}" was last modified at ${modified}, and "${path.basename(child.path)}" remembers ${stored}: the parent was changed since, copied or restored.`;
}

/** The id decides which image is the parent; that it is not the file that was named has to be said. */
function foundByIdMessage(child: PeekedImage, parent: PeekedImage): string {
  const named = child.metadata.header?.fields.parentUnicodeName ?? '';
  const name = named === '' ? '' : ` "${named}"`;
  return `The parent${name} is not where the image says, or what lies there is another image; "${path.basename(parent.path)}" was taken in its place, because it has the same unique id. A copy that went another way has that id, too.`;
}
