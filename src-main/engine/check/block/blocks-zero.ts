import { formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';
import { BlockTally } from './block-tally';
import { counted } from '../words';

export const blocksZero: Rule = {
  code: 'blocks-zero',
  severity: 'note',
  area: 'block',
  level: 'deep',
  title: 'Blocks are stored that hold only zeros',
  explanation:
    'A block that is not stored reads as zeros too, so these take room for nothing. In a differencing disk they may be needed: written zeros hide what the parent has there.',
  hint: 'Compacting drops what is not needed.',
  source: 'spec: Data Blocks',
  repair: 'none',
  startBlocks: (context) => {
    const tally = new BlockTally(context);
    return {
      visit: (scan) => {
        if (scan.nonZeroSectors === 0 && scan.setSectors > 0 && scan.lostSectors === 0)
          tally.add(scan, scan.sectors);
      },
      finish: () =>
        tally.draft(() => ({
          count: tally.blocks,
          detail: `${counted(tally.blocks, 'block holds', 'blocks hold')} only zeros (${formatSizeBoth(tally.blocks * context.facts.blockStrideBytes)})${context.metadata.type === 'differencing' ? ', and may hide the parent' : ''}.`,
        })),
    };
  },
};
