import { countSetSectors } from '../../format';
import { isBatmapBitSet } from '../../disk/batmap';
import type { Rule } from '../rule';
import { BlockTally } from './block-tally';
import { counted } from '../words';

export const batmapFullBlocks: Rule = {
  code: 'batmap-full-blocks',
  severity: 'warning',
  area: 'block',
  level: 'deep',
  title: "Xen's batmap calls blocks whole that are not",
  explanation:
    'For a block that the batmap calls whole, blktap does not look at the sector bitmap. Here some of these bitmaps have clear bits: Xen reads these sectors from the block, everybody else takes them as zeros or from the parent.',
  hint: 'Rebuild the batmap from the sector bitmaps.',
  source: 'blktap: libvhd.c, batmap; vhd-util check',
  repair: 'automatic',
  startBlocks: (context) => {
    const { batmap } = context.facts;
    if (!batmap || batmap.map.length === 0) return null;
    const tally = new BlockTally(context);
    return {
      visit: (scan) => {
        if (!isBatmapBitSet(batmap.map, scan.index)) return;
        const clear = scan.sectors - countSetSectors(scan.bitmap, scan.sectors);
        if (clear > 0) tally.add(scan, clear);
      },
      finish: () =>
        tally.blocks === 0
          ? null
          : {
              where: { structure: 'batmap', offset: batmap.offset, length: batmap.end - batmap.offset },
              examples: tally.places,
              count: tally.blocks,
              guestRanges: tally.ranges,
              detail: `${counted(tally.blocks, 'block is', 'blocks are')} marked as whole with ${counted(tally.sectors, 'clear bit', 'clear bits')} in the sector bitmaps.`,
            },
    };
  },
};
