import { formatCount } from '../../../../src-shared/vhd/format-size';
import { USUAL_HEADER_OFFSET } from '../../../../src-shared/vhd/constants';
import type { Rule } from '../rule';

export const headerOffsetUnusual: Rule = {
  code: 'header-offset-unusual',
  severity: 'note',
  area: 'header',
  level: 'quick',
  title: 'The dynamic disk header is not at byte 512',
  explanation: 'That is legal: the footer says where it is. Xen Orchestra finds it only at byte 512.',
  hint: 'Nothing needs to be done.',
  source: 'spec: Hard Disk Footer Format, Data Offset; vhd-lib',
  repair: 'none',
  run: ({ metadata: { header } }) =>
    header && header.offset !== USUAL_HEADER_OFFSET
      ? {
          where: { structure: 'dynamicHeader', offset: header.offset, length: 1024 },
          detail: `The header stands at byte ${formatCount(header.offset)}.`,
        }
      : null,
};
