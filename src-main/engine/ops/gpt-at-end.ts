import type { PreflightItem } from '../../../src-shared/model/results';
import { formatCount } from '../../../src-shared/vhd/format-size';
import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { hasGpt } from '../content/gpt';
import type { VirtualDisk } from '../disk/virtual-disk';

/**
 * A pre-flight line for a disk with a GPT that gets larger: the backup of the table stays where the disk ended before
 * (UEFI: it belongs into the last sector), and no content is moved by a change of size. Reads two sectors.
 */
export async function gptAtEndItems(disk: VirtualDisk, sizeBytes: number): Promise<readonly PreflightItem[]> {
  if (sizeBytes <= disk.sizeBytes || !(await hasGpt(disk))) return [];
  const place = formatCount(disk.sizeBytes - SECTOR_SIZE_BYTES);
  return [
    {
      code: 'gpt-at-end',
      level: 'warning',
      message: `The disk has a GPT: its backup stays near byte ${place} and no longer lies at the end of the disk. Let the partitioning tool of the guest move it before the new room is used ("sgdisk -e"; Windows and parted offer it).`,
    },
  ];
}
