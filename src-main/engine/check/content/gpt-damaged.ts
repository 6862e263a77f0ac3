import type { Rule } from '../rule';
import { problemsOf, rangesInDisk } from './problem-places';

export const gptDamaged: Rule = {
  code: 'gpt-damaged',
  severity: 'warning',
  area: 'content',
  level: 'deep',
  title: 'The partition table is damaged',
  explanation:
    'The disk has a GPT whose header or entries at the start fail their checksum or are not there. Where the backup at the end is sound, guests use that; where neither copy can be read, the guest sees no partitions.',
  hint: 'Let the partitioning tool of the guest restore the table from its backup, or search for the partitions; work on a copy.',
  source: 'UEFI specification: GUID Partition Table',
  repair: 'none',
  run: async (context) => {
    const [problem] = await problemsOf(context, 'gpt-primary-damaged', 'gpt-unreadable');
    if (!problem) return null;
    return {
      where: null,
      guestRanges: rangesInDisk(problem),
      detail: problem.text,
      evidence: [
        {
          field: 'GPT at sector 1',
          found: 'damaged or missing',
          expected: 'a header and entries with their checksums',
        },
      ],
    };
  },
};
