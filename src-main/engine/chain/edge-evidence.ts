import type { ChainProblem, EdgeEvidence } from '../../../src-shared/model/chain';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { timestampFromDate } from '../../../src-shared/vhd/timestamp';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import type { PeekedImage } from './peek-image';
import type { ParentResolution } from './resolve-parent';

/** File systems keep times at best to two seconds (FAT). */
const CLOCK_SECONDS = 2;
const NS_PER_MS = 1_000_000n;

/** What speaks for and against a resolved parent. */
export function evidenceOf(child: PeekedImage, resolution: ParentResolution): EdgeEvidence {
  const parent = parentOf(resolution);
  return {
    idMatches: resolution.identity === 'proven' ? true : resolution.identity === 'mismatch' ? false : null,
    timeMatches: parent ? timeMatches(child, parent) : null,
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

/**
 * Whether the stored timestamp is the parent file's modification time.
 * COMPAT(FATtools, DOSBox-X, DiscUtils): they store the parent's creation time from its footer. COMPAT(Windows 10): 0.
 */
function timeMatches(child: PeekedImage, parent: PeekedImage): boolean | null {
  const stored = child.metadata.header?.fields.parentTimestampSeconds ?? 0;
  if (stored === 0) return null;
  const modified = timestampFromDate(new Date(Number(BigInt(parent.identity.modifiedNs) / NS_PER_MS)));
  const created = parent.metadata.active?.fields.timestampSeconds ?? null;
  return [modified, created].some((time) => time !== null && Math.abs(time - stored) <= CLOCK_SECONDS);
}

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
  if (evidence.timeMatches === false) {
    const message =
      'The parent file was modified at another time than this image remembers; it may have been copied, or changed.';
    add('parent-time-differs', 'note', message);
  }
  return problems;
}
