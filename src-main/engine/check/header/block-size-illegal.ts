import { isBlockSizeLegal } from '../../../../src-shared/vhd/block-size';
import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const blockSizeIllegal: Rule = {
  code: 'block-size-illegal',
  severity: 'error',
  area: 'header',
  level: 'quick',
  title: 'The block size is not a power of two sectors',
  explanation:
    'The block size says how the disk is cut into blocks. Readers take powers of two from 512 bytes only; with any other number no block can be found with certainty.',
  hint: 'If the field is damaged, choose the block size that fits the blocks in the file; else convert the image into a new one.',
  source: 'spec: Dynamic Disk Header Format, Block Size',
  repair: 'choice',
  run: ({ metadata: { header } }) =>
    header && !isBlockSizeLegal(header.fields.blockSizeBytes)
      ? headerFieldDraft(header, 'blockSize', {
          found: formatCount(header.fields.blockSizeBytes),
          expected: 'a power of two from 512',
          detail: `The block size is ${formatSizeBoth(header.fields.blockSizeBytes)}.`,
        })
      : null,
};
