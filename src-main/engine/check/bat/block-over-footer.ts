import { formatCount } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';
import { blocksWith, entryEvidence } from './entry-words';

export const blockOverFooter: Rule = {
  code: 'block-over-footer',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'A block and the footer lie over one another',
  explanation:
    'The last part of the block is taken by the footer. Programs show the footer as content there, and the next write to the block would destroy the footer.',
  hint: 'Move the footer behind the block; the sector of the block under it is lost, unless the block was never written there.',
  source: 'spec: Hard Disk Footer Format; blktap: "clobbers footer"',
  repair: 'choice',
  run: ({ bat, facts }) => {
    if (!bat || bat.inFooter.count === 0) return null;
    const [where = null, ...examples] = bat.entryPlaces(bat.inFooter);
    return {
      where,
      examples,
      count: bat.inFooter.count,
      detail: `${blocksWith(bat.inFooter, 'reaches', 'reach')} over the footer at byte ${formatCount(facts.dataEndOffset)}.`,
      guestRanges: bat.guestRanges(bat.inFooter),
      evidence: entryEvidence(bat, bat.inFooter),
    };
  },
};
