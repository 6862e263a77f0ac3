import { formatCount } from '../../../../src-shared/vhd/format-size';
import { dosboxStride } from '../fingerprints';
import type { Rule } from '../rule';
import { blocksWith, entryEvidence } from './entry-words';

export const blocksOverlap: Rule = {
  code: 'blocks-overlap',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'Blocks lie over one another',
  explanation:
    'Two entries of the BAT claim the same bytes. At most one of them shows its own content, and a write to one changes the other. No program warns of it.',
  hint: 'Which block is the right one cannot be known. Give each its own copy of the bytes, or keep only one.',
  source: 'spec: Block Allocation Table; blktap: vhd-util check',
  repair: 'choice',
  run: (context) => {
    const { bat } = context;
    if (!bat || bat.overlapping.count === 0) return null;
    const [where = null, ...examples] = bat.entryPlaces(bat.overlapping);
    const first = bat.overlapping.first[0] ?? 0;
    const rivals = bat.rivalsOf(first);
    const isDuplicate = rivals.some((index) => bat.entries.at(index) === bat.entries.at(first));
    return {
      where,
      examples,
      count: bat.overlapping.count,
      detail: `${blocksWith(bat.overlapping, 'shares', 'share')} bytes with another block. Block ${formatCount(first)} and block ${rivals.slice(0, 3).map(formatCount).join(', ')} ${isDuplicate ? 'have the same entry' : 'overlap in part'}.`,
      guestRanges: bat.guestRanges(bat.overlapping),
      evidence: entryEvidence(bat, bat.overlapping),
      likelyCause: dosboxStride(context),
    };
  },
};
