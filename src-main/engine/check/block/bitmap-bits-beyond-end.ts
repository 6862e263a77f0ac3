import { countSetSectors } from '../../format';
import type { Rule } from '../rule';
import { BlockTally } from './block-tally';
import { counted } from '../words';

export const bitmapBitsBeyondEnd: Rule = {
  code: 'bitmap-bits-beyond-end',
  severity: 'note',
  area: 'block',
  level: 'deep',
  title: 'Bits are set for sectors that do not exist',
  explanation:
    'The sector bitmap has room for more sectors than the block or the disk has. Bits set there mean nothing; QEMU sets all of them.',
  hint: 'Nothing needs to be done.',
  source: 'spec: Data Blocks; QEMU: block/vpc.c',
  repair: 'none',
  startBlocks: (context) => {
    const tally = new BlockTally(context);
    return {
      visit: (scan) => {
        const { bitmap, sectors } = scan;
        const count = countSetSectors(bitmap, bitmap.length * 8) - countSetSectors(bitmap, sectors);
        if (count > 0) tally.add(scan, count, Math.min(sectors, scan.sectorsOfBlock - 1));
      },
      finish: () => {
        const [where = null] = tally.places;
        if (tally.blocks === 0 || where === null) return null;
        return {
          where: {
            ...where,
            structure: 'sectorBitmap',
            length: context.facts.bitmapBytes,
            offset: context.bat?.offsetAt(where.index ?? 0) ?? 0,
          },
          count: tally.sectors,
          detail: `${counted(tally.sectors, 'bit', 'bits')} in ${counted(tally.blocks, 'bitmap', 'bitmaps')} ${tally.sectors === 1 ? 'stands' : 'stand'} for no sector.`,
        };
      },
    };
  },
};
