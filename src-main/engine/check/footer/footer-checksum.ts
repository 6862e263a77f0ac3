import { formatCount } from '../../../../src-shared/vhd/format-size';
import { formatChecksum } from '../../../../src-shared/vhd/checksum';
import { footerFieldDraft } from '../build-finding';
import { oldQemuZeroChecksum } from '../fingerprints';
import type { Rule } from '../rule';
import { isFooterPlausible } from './footer-plausible';

export const footerChecksum: Rule = {
  code: 'footer-checksum',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The footer fails its checksum',
  explanation:
    'The checksum covers every byte of the footer. Where it does not fit, a byte of the footer changed after it was written, or it was never calculated. Windows, QEMU from 2.x on, 7-Zip and Xen refuse such a footer.',
  hint: 'Restore the footer from its copy where there is a sound one, else recompute the checksum once all fields look right.',
  source: 'spec: Hard Disk Footer Format, Checksum',
  repair: 'automatic',
  run: (context) => {
    const { footer, footerCopy } = context.metadata;
    if (!footer || footer.checksum.valid) return null;
    const copyIsSound = footerCopy?.checksum.valid === true && footerCopy.cookieValid;
    const isCertain = copyIsSound || (!footerCopy && isFooterPlausible(footer, context.metadata));
    const { stored, computed } = footer.checksum;
    return footerFieldDraft(footer, 'checksum', {
      found: formatChecksum(stored),
      expected: formatChecksum(computed),
      detail: `The footer at byte ${formatCount(footer.offset)} stores ${formatChecksum(stored)}, but its bytes give ${formatChecksum(computed)}. ${copyIsSound ? 'The copy at the start is sound and decides.' : 'There is no sound copy to decide by.'}`,
      repair: isCertain ? 'automatic' : 'choice',
      likelyCause: oldQemuZeroChecksum(context),
    });
  },
};
