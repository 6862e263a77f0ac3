import type { Rule } from '../rule';
import { BlockTally } from './block-tally';
import { counted } from '../words';

export const blocksNeverWritten: Rule = {
  code: 'blocks-never-written',
  severity: 'note',
  area: 'block',
  level: 'deep',
  title: 'Blocks are stored in which no sector was written',
  explanation:
    'All bits of their sector bitmaps are clear, so the block reads as if it were not there. It was set aside and not used, or a crash came between the entry in the BAT and the data.',
  hint: 'Compacting drops them.',
  source: 'vhd-lib, DiscUtils: the BAT is written before the data',
  repair: 'none',
  startBlocks: (context) => {
    const tally = new BlockTally(context);
    return {
      visit: (scan) => {
        if (scan.setSectors === 0 && scan.sectors > 0) tally.add(scan, scan.sectors);
      },
      finish: () =>
        tally.draft(() => ({
          count: tally.blocks,
          detail: `${counted(tally.blocks, 'block has', 'blocks have')} no bit set in the bitmap.`,
        })),
    };
  },
};
