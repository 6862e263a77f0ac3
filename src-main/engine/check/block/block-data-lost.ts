import type { Rule } from '../rule';
import { BlockTally } from './block-tally';
import { counted } from '../words';

export const blockDataLost: Rule = {
  code: 'block-data-lost',
  severity: 'error',
  area: 'block',
  level: 'deep',
  title: 'Written sectors are cut off with the end of the file',
  explanation:
    'The sector bitmap says that these sectors were written, but the file ends before them. Their content is lost unless a longer copy of the file exists.',
  hint: 'Look for a complete copy of the file. Padding it makes the image whole again, with zeros in these sectors.',
  source: 'spec: Data Blocks',
  repair: 'none',
  startBlocks: (context) => {
    const tally = new BlockTally(context);
    return {
      visit: (scan) => {
        if (scan.lostSectors > 0)
          tally.add(
            scan,
            scan.lostSectors,
            firstLost(context.metadata.fileSizeBytes, scan.offset + context.facts.bitmapBytes),
          );
      },
      finish: () =>
        tally.draft(() => ({
          count: tally.sectors,
          guestRanges: tally.ranges,
          detail: `${counted(tally.sectors, 'sector', 'sectors')} in ${counted(tally.blocks, 'block', 'blocks')} ${tally.sectors === 1 ? 'is marked as written and lies' : 'are marked as written and lie'} behind the end of the file.`,
        })),
    };
  },
};

const firstLost = (fileSizeBytes: number, dataOffset: number): number =>
  Math.max(0, Math.floor((fileSizeBytes - dataOffset) / 512));
