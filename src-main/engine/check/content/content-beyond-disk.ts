import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { FindingDraft, Rule } from '../rule';
import { problemsOf, rangesInDisk } from './problem-places';

export const contentBeyondDisk: Rule = {
  code: 'content-beyond-disk',
  severity: 'warning',
  severities: ['warning', 'note'],
  area: 'content',
  level: 'deep',
  title: 'A partition or file system is larger than the disk',
  explanation:
    'The partition table or a file system counts on sectors behind the end of the disk. The disk was made smaller without its content, or a program took its size for less than it is; what lay behind the end is gone, and guests refuse the file system or fail when they reach there.',
  hint: 'Take the image from its source again and keep the size, or make it as large as its content says ("resize"); then let the guest check the file system.',
  source: 'MBR, UEFI specification: GUID Partition Table; boot sectors and superblocks of the file systems',
  repair: 'none',
  run: async (context) =>
    (await problemsOf(context, 'partition-past-end', 'file-system-too-large')).map(
      (problem): FindingDraft => {
        const { diskBytes, text, foundBytes = 0, expectedBytes = 0, partition } = problem;
        const isBeyond = foundBytes > diskBytes;
        const what = problem.kind === 'partition-past-end' ? 'end' : 'end of the file system';
        return {
          where: null,
          ...(isBeyond ? {} : { severity: 'note', title: 'A file system is larger than its partition' }),
          detail: isBeyond
            ? `${capitalised(text)} It ends ${formatSizeBoth(foundBytes - diskBytes)} behind the end of the disk.`
            : capitalised(text),
          guestRanges: rangesInDisk(problem),
          evidence: [
            {
              field: partition === undefined ? what : `partition ${partition}, ${what}`,
              found: `byte ${formatCount(foundBytes)}`,
              expected: `byte ${formatCount(expectedBytes)} at most`,
            },
          ],
        };
      },
    ),
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
