import { POISONED_FOOTER_COOKIE } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const footerPoisoned: Rule = {
  code: 'footer-poisoned',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'Xen has disabled this image',
  explanation:
    'blktap puts "v_poison" in place of "conectix" while a disk must not be used, above all during a resize. The image may be half changed.',
  hint: 'Let "vhd-util revert" finish with its journal. Take the mark away only when there is no journal.',
  source: 'blktap: libvhd.h, VHD_POISON_COOKIE',
  repair: 'choice',
  run: ({ facts }) => {
    const poisoned = facts.footers.filter(({ fields }) => fields.cookie === POISONED_FOOTER_COOKIE);
    const [first, ...others] = poisoned;
    if (!first) return null;
    return {
      ...footerFieldDraft(first, 'cookie', {
        found: POISONED_FOOTER_COOKIE,
        expected: 'conectix',
        detail: 'The cookie of the footer is "v_poison".',
        likelyCause:
          'A resize by vhd-util was interrupted; its journal is a file of its own, beside the image or where the storage manager keeps it.',
      }),
      count: poisoned.length,
      examples: others.map(({ structure, offset }) => ({ structure, offset, length: 8 })),
    };
  },
};
