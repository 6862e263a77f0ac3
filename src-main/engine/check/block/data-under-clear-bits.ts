import { formatCount } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';
import { BlockTally } from './block-tally';
import { counted } from '../words';

export const dataUnderClearBits: Rule = {
  code: 'data-under-clear-bits',
  severity: 'error',
  area: 'block',
  level: 'deep',
  title: 'Data lies in sectors that are marked as never written',
  explanation:
    'In a dynamic disk a sector whose bit is clear must hold zeros. Here it holds other bytes: QEMU shows them, VirtualBox and Platter show zeros, 7-Zip stops. What the guest should see is not certain.',
  hint: 'Decide by the content: set the bits to keep the data, or clear the sectors to keep the zeros.',
  source: 'spec: Data Blocks; blktap: vhd-util check -b',
  repair: 'choice',
  startBlocks: (context) => {
    if (context.metadata.type !== 'dynamic') return null;
    const tally = new BlockTally(context);
    return {
      visit: (scan) => {
        if (scan.dirtySectors > 0) tally.add(scan, scan.dirtySectors, scan.firstDirtySector);
      },
      finish: () =>
        tally.draft(({ offset, index = 0 }) => ({
          count: tally.sectors,
          guestRanges: tally.ranges,
          detail: `${counted(tally.sectors, 'sector', 'sectors')} in ${counted(tally.blocks, 'block', 'blocks')}; the first is sector ${formatCount((offset - context.facts.bitmapBytes - (context.bat?.offsetAt(index) ?? 0)) / 512)} of block ${formatCount(index)}.`,
        })),
    };
  },
};
