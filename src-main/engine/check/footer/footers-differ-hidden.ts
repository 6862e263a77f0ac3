import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';
import { differingFields, isHiddenOnly } from './footers-differ';

export const footersDifferHidden: Rule = {
  code: 'footers-differ-hidden',
  severity: 'note',
  area: 'footer',
  level: 'quick',
  title: 'Footer and copy differ in the hidden flag of Xen only',
  explanation:
    'Old versions of blktap set their hidden flag in one of the two places. Xen knows that; other strict programs may refuse the image.',
  hint: 'Make both equal if programs other than Xen are to read the image.',
  source: 'blktap: libvhd.c, footer comparison',
  repair: 'automatic',
  run: ({ metadata: { footer, footerCopy } }) => {
    if (!footer?.checksum.valid || !footerCopy?.checksum.valid) return null;
    if (!isHiddenOnly(differingFields(footer, footerCopy))) return null;
    return footerFieldDraft(footerCopy, 'hidden', {
      found: String(footerCopy.fields.hidden),
      expected: String(footer.fields.hidden),
      detail: `The footer has ${footer.fields.hidden}, its copy ${footerCopy.fields.hidden}; everything else is equal.`,
    });
  },
};
