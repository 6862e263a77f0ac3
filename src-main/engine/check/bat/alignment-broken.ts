import type { Rule } from '../rule';
import { counted } from '../words';

const PAGE_SECTORS = 8;
/** Fewer may lie so by chance: one block in eight does. */
const ALIGNED_BLOCKS_MIN = 4;

export const alignmentBroken: Rule = {
  code: 'alignment-broken',
  severity: 'note',
  area: 'bat',
  level: 'quick',
  title: 'Only a part of the blocks lies on 4 KiB boundaries',
  explanation:
    'Windows since 2012 lays the data of blocks on multiples of 4 KiB, which disks with large sectors need to be fast. A program that does not know that added blocks without it.',
  hint: 'Compacting or converting the image lays all blocks on 4 KiB again.',
  source: 'Microsoft: performance tuning, storage I/O; Get-VHD Alignment',
  repair: 'none',
  run: ({ bat, facts }) => {
    if (!bat || bat.sorted.length < 2) return null;
    const bitmapSectors = facts.bitmapBytes / 512;
    let aligned = 0;
    for (const sector of bat.sorted) if ((sector + bitmapSectors) % PAGE_SECTORS === 0) aligned += 1;
    const others = bat.sorted.length - aligned;
    if (others === 0 || aligned < ALIGNED_BLOCKS_MIN || aligned < bat.sorted.length / 2) return null;
    return {
      where: null,
      count: others,
      detail: `${counted(aligned, 'block lies', 'blocks lie')} on 4 KiB boundaries, ${counted(others, 'does', 'do')} not.`,
    };
  },
};
