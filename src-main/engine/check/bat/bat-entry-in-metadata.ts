import { goVhdTruncatedTable, virtualBoxEmptyResize } from '../fingerprints';
import type { Rule } from '../rule';
import { blocksWith, entryEvidence } from './entry-words';

export const batEntryInMetadata: Rule = {
  code: 'bat-entry-in-metadata',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'Blocks lie over the metadata',
  explanation:
    'The BAT points into the copy of the footer, the header, itself, the batmap or a parent locator. Programs show metadata as guest content there, and a write to such a block would destroy the image.',
  hint: 'Clear the entries: the blocks then read as zeros, or as the parent. Nothing of the guest can be in them.',
  source: 'spec: Block Allocation Table; blktap: "clobbers headers"',
  repair: 'choice',
  run: (context) => {
    const { bat } = context;
    if (!bat || bat.inMetadata.count === 0) return null;
    const [where = null, ...examples] = bat.entryPlaces(bat.inMetadata);
    const zeros = bat.inMetadata.first.filter((index) => bat.entries.at(index) === 0).length;
    return {
      where,
      examples,
      count: bat.inMetadata.count,
      detail: `${blocksWith(bat.inMetadata, 'lies', 'lie')} over structures of the image${zeros > 0 ? '; an entry of zero points to the very start of the file' : ''}.`,
      guestRanges: bat.guestRanges(bat.inMetadata),
      evidence: entryEvidence(bat, bat.inMetadata),
      likelyCause:
        zeros > 0
          ? (virtualBoxEmptyResize(context) ??
            goVhdTruncatedTable(context) ??
            'The table, or a part of it, was overwritten with zeros or never written; a free entry is all ones.')
          : null,
    };
  },
};
