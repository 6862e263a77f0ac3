import { UNUSED_OFFSET_32_BIT } from '../../../../src-shared/vhd/constants';
import { headerFieldDraft } from '../build-finding';
import { oldQemuHeader } from '../fingerprints';
import type { Rule } from '../rule';

export const headerDataOffset32Bit: Rule = {
  code: 'header-data-offset-32-bit',
  severity: 'warning',
  area: 'header',
  level: 'quick',
  title: "The header's unused data offset has only 32 of its 64 bits set",
  explanation:
    'The field is meant for a next structure, and all ones where there is none. Windows, Xen and Xen Orchestra refuse half of the ones; DiscUtils looks for a structure at 4 GiB.',
  hint: 'Set all 64 bits and recompute the checksum.',
  source: 'spec: Dynamic Disk Header Format, Data Offset; QEMU before 2.x',
  repair: 'automatic',
  run: (context) => {
    const { header } = context.metadata;
    return header?.fields.dataOffset === UNUSED_OFFSET_32_BIT
      ? headerFieldDraft(header, 'dataOffset', {
          found: '0x00000000ffffffff',
          expected: '0xffffffffffffffff',
          detail: 'The data offset of the header is 0x00000000ffffffff.',
          likelyCause: oldQemuHeader(context),
        })
      : null;
  },
};
