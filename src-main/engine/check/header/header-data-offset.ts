import { UNUSED_OFFSET_32_BIT } from '../../../../src-shared/vhd/constants';
import { headerFieldDraft, inHex } from '../build-finding';
import type { Rule } from '../rule';

export const headerDataOffset: Rule = {
  code: 'header-data-offset',
  severity: 'warning',
  area: 'header',
  level: 'quick',
  title: 'The header points to a next structure',
  explanation:
    'No version of the format defines a structure behind this pointer. DiscUtils follows it, in a circle if it must; Xen and Windows refuse it.',
  hint: 'Set the pointer to "unused" unless something is known to stand there.',
  source: 'spec: Dynamic Disk Header Format, Data Offset',
  repair: 'choice',
  run: ({ metadata: { header } }) => {
    const offset = header?.fields.dataOffset ?? null;
    if (!header || offset === null || offset === UNUSED_OFFSET_32_BIT) return null;
    return headerFieldDraft(header, 'dataOffset', {
      found: inHex(offset),
      expected: '0xffffffffffffffff',
      detail: `The data offset of the header is ${inHex(offset)}.`,
    });
  },
};
