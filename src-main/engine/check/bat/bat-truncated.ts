import { formatCount } from '../../../../src-shared/vhd/format-size';
import { goVhdTruncatedTable, virtualBoxEmptyResize } from '../fingerprints';
import type { Rule } from '../rule';
import { counted } from '../words';

export const batTruncated: Rule = {
  code: 'bat-truncated',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'The BAT is not wholly in the file',
  explanation:
    'The table of blocks runs into the footer or over the end of the file. Entries that are not there are read as zeros by some programs, and a zero is a block in the middle of the metadata.',
  hint: 'If no block is allocated, an empty table can be written again. Else the blocks of the missing entries must be searched for.',
  source: 'spec: Block Allocation Table; go-vhd',
  repair: 'choice',
  run: (context) => {
    const { metadata, facts, bat: analysis } = context;
    const { header } = metadata;
    if (!header || !facts.bat || facts.bat.offset >= facts.dataEndOffset) return null;
    const wanted = Math.min(header.fields.maxTableEntries, facts.neededEntries ?? Infinity);
    const end = facts.bat.offset + wanted * 4;
    if (end <= facts.dataEndOffset) return null;
    const present = Math.floor((facts.dataEndOffset - facts.bat.offset) / 4);
    const block = facts.blockSizeBytes ?? 0;
    const size = facts.currentSizeBytes ?? 0;
    return {
      where: { structure: 'bat', offset: facts.bat.offset, length: facts.dataEndOffset - facts.bat.offset },
      count: wanted - present,
      detail: `The BAT needs ${formatCount(wanted)} entries, and only ${counted(present, 'lies', 'lie')} in front of ${metadata.footer ? 'the footer' : 'the end of the file'} at byte ${formatCount(facts.dataEndOffset)}.`,
      guestRanges:
        block > 0 && size > present * block
          ? [{ offset: present * block, length: size - present * block }]
          : [],
      likelyCause: virtualBoxEmptyResize(context) ?? goVhdTruncatedTable(context),
      repair: analysis?.allocatedCount === 0 ? 'automatic' : 'choice',
      evidence: [{ field: 'maxTableEntries', found: String(present), expected: String(wanted) }],
    };
  },
};
