import { formatCount } from '../../../../src-shared/vhd/format-size';
import { blocksWith, entryEvidence } from './entry-words';
import { cutOffDownload, virtualBoxEmptyResize } from '../fingerprints';
import type { Rule } from '../rule';
import { unclaimedBlocks } from '../unclaimed-blocks';

const UNCLAIMED_HINT =
  'Do not clear the entry before the block that belongs to nothing was looked at: "platter rescue" builds a new image with every block that it finds.';

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
  run: async (context) => {
    const { bat, metadata } = context;
    if (!bat || bat.outside.count === 0) return null;
    const [where = null, ...examples] = bat.entryPlaces(bat.outside);
    const unclaimed = await unclaimedBlocks(context).next();
    const lead = unclaimed.done
      ? ''
      : ` At byte ${formatCount(unclaimed.value.offset)} lies what may be a block that no entry names: perhaps ${bat.outside.count === 1 ? 'this one' : 'one of them'}.`;
    return {
      where,
      examples,
      count: bat.outside.count,
      detail: `${blocksWith(bat.outside, 'begins', 'begin')} behind the end of the file at byte ${formatCount(metadata.fileSizeBytes)}.${lead}`,
      ...(lead === '' ? {} : { hint: UNCLAIMED_HINT }),
      guestRanges: bat.guestRanges(bat.outside),
      evidence: entryEvidence(bat, bat.outside),
      likelyCause: virtualBoxEmptyResize(context) ?? (await cutOffDownload(context)),
    };
  },
};
