import { describeDiskTypeCode } from '../../../../src-shared/vhd/disk-type';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const diskTypeUnknown: Rule = {
  code: 'disk-type-unknown',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The disk type is none of fixed, dynamic and differencing',
  explanation:
    'Without its type nobody can say how the rest of the file is to be read. QEMU takes any such image for a dynamic one; all others refuse it.',
  hint: 'Choose the type that fits the rest of the file.',
  source: 'spec: Hard Disk Footer Format, Disk Type',
  repair: 'choice',
  run: ({ metadata: { active, header } }) => {
    if (!active || active.type !== null) return null;
    const code = active.fields.diskTypeCode;
    const parent = header?.fields.parentUniqueId.replace(/[0-]/g, '') ?? '';
    const guess = !header?.cookieValid
      ? active.fields.dataOffset === null
        ? 'Everything else looks like a fixed disk.'
        : ''
      : parent === ''
        ? 'There is a dynamic disk header without a parent: this looks like a dynamic disk.'
        : 'There is a dynamic disk header with a parent: this looks like a differencing disk.';
    return footerFieldDraft(active, 'diskType', {
      found: String(code),
      expected: '2, 3 or 4',
      detail: `The footer says type ${code} (${describeDiskTypeCode(code)}). ${guess}`.trim(),
    });
  },
};
