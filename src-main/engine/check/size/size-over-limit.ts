import { MAX_SPARSE_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatCount, formatSize } from '../../../../src-shared/vhd/format-size';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const sizeOverLimit: Rule = {
  code: 'size-over-limit',
  severity: 'warning',
  area: 'size',
  level: 'quick',
  title: 'The disk is larger than 2040 GiB',
  explanation:
    'The BAT counts sectors of the file in 32 bits, so a dynamic or differencing disk cannot be filled beyond 2 TiB. Windows, Hyper-V and QEMU refuse more than 2040 GiB; QEMU fixed disks too.',
  hint: 'Make the disk smaller, or convert it to another format.',
  source: 'spec: Hard Disk Footer Format; QEMU block/vpc.c VHD_MAX_SECTORS',
  repair: 'none',
  run: ({ metadata: { active, type }, facts }) => {
    const size = facts.currentSizeBytes;
    if (!active || size === null || size <= MAX_SPARSE_SIZE_BYTES) return null;
    return footerFieldDraft(active, 'currentSize', {
      found: formatCount(size),
      expected: `at most ${formatCount(MAX_SPARSE_SIZE_BYTES)}`,
      detail: `The disk has ${formatSize(size)}. ${type === 'fixed' ? 'For a fixed disk the format itself sets no limit.' : 'Its last part can never be stored.'}`,
      guestRanges:
        type === 'fixed' ? [] : [{ offset: MAX_SPARSE_SIZE_BYTES, length: size - MAX_SPARSE_SIZE_BYTES }],
    });
  },
};
