import { isBlockSizeLegal, isBlockSizeStandard } from '../../../../src-shared/vhd/block-size';
import { formatCount, formatSize } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const blockSizeUnusual: Rule = {
  code: 'block-size-unusual',
  severity: 'note',
  area: 'header',
  level: 'quick',
  title: 'The block size is legal but unusual',
  explanation:
    'Windows makes blocks of 512 KiB and 2 MiB only. VirtualBox refuses blocks smaller than 512 KiB, Xen counts on 2 MiB, and QEMU misreads blocks of less than 4 KiB.',
  hint: 'Convert the image to 2 MiB blocks if one of these programs is to read it.',
  source: 'spec: Dynamic Disk Header Format, Block Size',
  repair: 'none',
  run: ({ metadata: { header } }) =>
    header &&
    isBlockSizeLegal(header.fields.blockSizeBytes) &&
    !isBlockSizeStandard(header.fields.blockSizeBytes)
      ? headerFieldDraft(header, 'blockSize', {
          found: formatCount(header.fields.blockSizeBytes),
          expected: '2,097,152 or 524,288',
          detail: `Blocks have ${formatSize(header.fields.blockSizeBytes)}.`,
        })
      : null,
};
