import type { Rule } from '../rule';
import { counted } from '../words';

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
  run: ({ bat }) => {
    if (!bat || bat.placed.count < 2) return null;
    const { count, alignedCount: aligned } = bat.placed;
    const others = count - aligned;
    if (others === 0 || aligned < ALIGNED_BLOCKS_MIN || aligned < count / 2) return null;
    return {
      where: null,
      count: others,
      detail: `${counted(aligned, 'block lies', 'blocks lie')} on 4 KiB boundaries, ${counted(others, 'does', 'do')} not.`,
    };
  },
};
