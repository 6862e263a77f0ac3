import { formatCount } from '../../../../src-shared/vhd/format-size';
import { blocksWith, entryEvidence } from './entry-words';
import { cutOffDownload, virtualBoxEmptyResize } from '../fingerprints';
import type { Rule } from '../rule';

export const batEntryOutside: Rule = {
  code: 'bat-entry-outside',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'Blocks lie behind the end of the file',
  explanation:
    'The BAT points to blocks that are not in the file. Their content is lost, unless a longer copy of the file exists. QEMU refuses the whole image, other programs fail when they come to these blocks.',
  hint: 'Look for a complete copy of the file first. Else the entries can be cleared: the blocks then read as zeros, or as the parent.',
  source: 'spec: Block Allocation Table',
  repair: 'choice',
  run: (context) => {
    const { bat, metadata } = context;
    if (!bat || bat.outside.count === 0) return null;
    const [where = null, ...examples] = bat.entryPlaces(bat.outside);
    return {
      where,
      examples,
      count: bat.outside.count,
      detail: `${blocksWith(bat.outside, 'begins', 'begin')} behind the end of the file at byte ${formatCount(metadata.fileSizeBytes)}.`,
      guestRanges: bat.guestRanges(bat.outside),
      evidence: entryEvidence(bat, bat.outside),
      likelyCause: virtualBoxEmptyResize(context) ?? cutOffDownload(context),
    };
  },
};
