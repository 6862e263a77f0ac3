import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const sizeNotSectors: Rule = {
  code: 'size-not-sectors',
  severity: 'warning',
  area: 'size',
  level: 'quick',
  title: 'The size of the disk is not a multiple of 512 bytes',
  explanation:
    'A disk consists of whole sectors. QEMU drops the last part of a sector, Windows refuses the image, others show a disk with a part of a sector.',
  hint: 'Round the size down, or up with zeros.',
  source: 'spec: Hard Disk Footer Format, Current Size',
  repair: 'choice',
  run: ({ metadata: { active }, facts }) => {
    const size = facts.currentSizeBytes;
    if (!active || size === null || size % 512 === 0) return null;
    return footerFieldDraft(active, 'currentSize', {
      found: formatCount(size),
      expected: `${formatCount(size - (size % 512))} or ${formatCount(size - (size % 512) + 512)}`,
      detail: `The disk has ${formatBytes(size)}: ${formatBytes(size % 512)} more than whole sectors.`,
      guestRanges: [{ offset: size - (size % 512), length: size % 512 }],
    });
  },
};
