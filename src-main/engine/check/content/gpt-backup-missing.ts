import { SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import { capacityBytes, geometryForSize } from '../../../../src-shared/vhd/geometry';
import type { Rule } from '../rule';
import { problemsOf, rangesInDisk } from './problem-places';

export const gptBackupMissing: Rule = {
  code: 'gpt-backup-missing',
  severity: 'warning',
  severities: ['warning', 'note'],
  area: 'content',
  level: 'deep',
  title: 'The backup of the partition table is missing',
  explanation:
    'A GPT keeps its backup in the last sectors of the disk. Where a program made the disk smaller, or rounded its size down to the geometry, the backup is what was cut off first, and other data may be gone with it. Guests still start, but repair tools complain, and a damaged table cannot be restored any more.',
  hint: 'If the image was converted, convert it again from its source and keep the size. Otherwise let the partitioning tool of the guest write a new backup ("sgdisk -e").',
  source: 'UEFI specification: GUID Partition Table',
  repair: 'none',
  run: async (context) => {
    const [problem] = await problemsOf(context, 'gpt-backup-missing', 'gpt-backup-displaced');
    if (!problem) return null;
    const { kind, diskBytes, text, foundBytes = 0, expectedBytes = 0 } = problem;
    const common = {
      where: null,
      guestRanges: rangesInDisk(problem),
      evidence: [
        {
          field: 'sector of the GPT backup',
          found: formatCount(foundBytes / SECTOR_SIZE_BYTES),
          expected: formatCount(expectedBytes / SECTOR_SIZE_BYTES),
        },
      ],
    };
    if (kind === 'gpt-backup-displaced')
      return {
        ...common,
        severity: 'note',
        title: 'The backup of the partition table is not at the end of the disk',
        detail: `${text} The disk was probably made larger after it was partitioned.`,
        hint: 'Let the partitioning tool of the guest move it before the new room is used ("sgdisk -e").',
      };
    const before = foundBytes + SECTOR_SIZE_BYTES;
    const isRounded = before > diskBytes && capacityBytes(geometryForSize(before)) === diskBytes;
    return {
      ...common,
      detail:
        before > diskBytes
          ? `${text} The disk is ${formatBytes(before - diskBytes)} too short for it.`
          : text,
      likelyCause: isRounded
        ? 'A program rounded the size of the disk down to its geometry, as QEMU up to 9 does with images of other programs.'
        : null,
    };
  },
};
