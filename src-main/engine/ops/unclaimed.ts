import type { PreflightItem } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { OpenedDisk } from '../chain';
import { unclaimedBytes } from '../check/unclaimed-blocks';

/** What becomes of blocks that the BAT does not name. */
export type UnclaimedFate =
  /** The result is a new file without them; the image keeps them. */
  | 'leftBehind'
  /** They go, which nobody has agreed to. */
  | 'wouldBeLost'
  /** They go, as the person wants. */
  | 'dropped';

const WORDS: Readonly<Record<UnclaimedFate, { level: PreflightItem['level']; what: string }>> = {
  leftBehind: {
    level: 'warning',
    what: 'the new file has none of them. "platter rescue" finds what is in them.',
  },
  wouldBeLost: {
    level: 'blocked',
    what: 'here they would be lost. "platter rescue" finds what is in them, and "platter repair" can give a single one its place back.',
  },
  dropped: { level: 'warning', what: 'they are given up, and only the undo journal keeps them.' },
};

/** A pre-flight line about blocks that the BAT does not name. */
export async function unclaimedItems(
  { file, metadata }: OpenedDisk,
  fate: UnclaimedFate,
): Promise<readonly PreflightItem[]> {
  if (!metadata?.header) return [];
  const bytes = await unclaimedBytes(file, metadata);
  if (bytes === 0) return [];
  const { level, what } = WORDS[fate];
  const message = `${formatSizeBoth(bytes)} of the file belong to nothing and may be blocks that the BAT has lost: ${what}`;
  return [{ code: 'unclaimed', level, message }];
}
