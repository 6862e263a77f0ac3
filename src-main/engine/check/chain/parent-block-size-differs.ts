import { formatSize } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';

export const parentBlockSizeDiffers: Rule = {
  code: 'parent-block-size-differs',
  severity: 'note',
  area: 'chain',
  level: 'chain',
  title: 'Parent and child have blocks of different sizes',
  explanation: 'That is legal. Xen Orchestra cannot merge such images.',
  hint: 'Nothing needs to be done.',
  source: 'vhd-lib: merge',
  repair: 'none',
  run: async (context) => {
    const { parent } = await context.chain();
    const own = context.metadata.header?.fields.blockSizeBytes;
    const theirs = parent?.metadata.header?.fields.blockSizeBytes;
    return own !== undefined && theirs !== undefined && own !== theirs
      ? {
          where: { structure: 'chain', offset: 0, length: 0, index: 0 },
          detail: `The parent has blocks of ${formatSize(theirs)}, this image of ${formatSize(own)}.`,
        }
      : null;
  },
};
