import { formatCount } from '../../../../src-shared/vhd/format-size';
import { clashOfSurplusEntries } from './claimed-table';
import type { Rule } from '../rule';
import { blocksWith } from './entry-words';

export const batEntriesBeyondDisk: Rule = {
  code: 'bat-entries-beyond-disk',
  severity: 'warning',
  area: 'bat',
  level: 'quick',
  title: 'Entries beyond the end of the disk are in use',
  explanation:
    'The table has entries for blocks that the disk no longer has, and some of them point to blocks. That space is wasted, or holds what was there before the disk was made smaller. QEMU takes these blocks into account, others ignore them.',
  hint: 'Drop the entries, or make the disk as large as they reach.',
  source: 'spec: Dynamic Disk Header Format, Max Table Entries',
  repair: 'choice',
  run: (context) => {
    const { bat, metadata } = context;
    if (!bat || bat.beyondDisk.count === 0 || clashOfSurplusEntries(context)) return null;
    const [where = null, ...examples] = bat.entryPlaces(bat.beyondDisk);
    return {
      where,
      examples,
      count: bat.beyondDisk.count,
      detail: `${blocksWith(bat.beyondDisk, 'lies', 'lie')} beyond the last block of the disk (${formatCount(bat.entries.length - 1)}).`,
      evidence: bat.beyondDisk.first.map((index) => ({
        field: `entry${index}`,
        found: `sector ${formatCount(metadata.bat?.entries.at(index) ?? 0)}`,
        expected: '0xffffffff',
      })),
    };
  },
};
