import { formatCount } from '../../../../src-shared/vhd/format-size';
import { UNUSED_OFFSET_32_BIT } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft, inHex } from '../build-finding';
import { oldQemuHeader } from '../fingerprints';
import type { Rule } from '../rule';

export const footerDataOffset: Rule = {
  code: 'footer-data-offset',
  severity: 'warning',
  area: 'footer',
  level: 'quick',
  title: "The footer's data offset does not fit the disk type",
  explanation:
    'A fixed disk has no further structure, so its data offset is all ones; in the other types it points to the dynamic disk header. Some programs take the type from this field.',
  hint: 'Set the data offset to what the disk type asks for.',
  source: 'spec: Hard Disk Footer Format, Data Offset',
  repair: 'automatic',
  run: (context) => {
    const { active, header, type } = context.metadata;
    if (!active) return null;
    const offset = active.fields.dataOffset;
    if (type === 'fixed') {
      if (offset === null) return null;
      return footerFieldDraft(active, 'dataOffset', {
        found: inHex(offset),
        expected: '0xffffffffffffffff',
        detail: `This is a fixed disk, yet its data offset is ${inHex(offset)}${offset === UNUSED_OFFSET_32_BIT ? ', half of the 64 bits that say "unused"' : ''}.`,
        likelyCause: oldQemuHeader(context),
      });
    }
    if (!header || offset === header.offset) return null;
    return footerFieldDraft(active, 'dataOffset', {
      found: offset === null ? 'all ones' : inHex(offset),
      expected: formatCount(header.offset),
      detail: `The dynamic disk header stands at byte ${formatCount(header.offset)}, but the footer points ${offset === null ? 'nowhere' : `to ${inHex(offset)}`}.`,
      repair: header.cookieValid && header.checksum.valid ? 'automatic' : 'choice',
    });
  },
};
