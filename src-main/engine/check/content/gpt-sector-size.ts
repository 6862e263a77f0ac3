import type { Rule } from '../rule';
import { problemsOf, rangesInDisk } from './problem-places';

export const gptSectorSize: Rule = {
  code: 'gpt-sector-size',
  severity: 'warning',
  area: 'content',
  level: 'deep',
  title: 'The content was written for sectors of 4,096 bytes',
  explanation:
    'The partition table stands where it stands on a disk with sectors of 4,096 bytes. A VHD always has sectors of 512 bytes, so that a guest finds no partitions; only a VHDX can have the others.',
  hint: 'Convert the disk that this was taken from into a VHDX, or copy its partitions one by one onto a disk with sectors of 512 bytes.',
  source: 'spec: Hard Disk Footer Format; UEFI specification: GUID Partition Table',
  repair: 'none',
  run: async (context) => {
    const [problem] = await problemsOf(context, 'gpt-large-sectors');
    if (!problem) return null;
    return {
      where: null,
      guestRanges: rangesInDisk(problem),
      detail: problem.text,
      evidence: [{ field: 'GPT header', found: 'at byte 4,096 of the disk', expected: 'at byte 512' }],
    };
  },
};
