import type { PreflightItem } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { OpenedDisk } from '../chain';
import { unclaimedBytes } from '../check/unclaimed-blocks';

/** A pre-flight line about blocks that the BAT does not name: what only copies the content leaves them behind. */
export async function unclaimedItems({ file, metadata }: OpenedDisk): Promise<readonly PreflightItem[]> {
  if (!metadata?.header) return [];
  const bytes = await unclaimedBytes(file, metadata);
  if (bytes === 0) return [];
  return [
    {
      code: 'unclaimed',
      level: 'warning',
      message: `${formatSizeBoth(bytes)} of the file belong to nothing and may be blocks that the BAT has lost: they are dropped. "platter rescue" finds what is in them.`,
    },
  ];
}
