import { formatChecksum } from '../../../../src-shared/vhd/checksum';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const footerCopyChecksum: Rule = {
  code: 'footer-copy-checksum',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The copy of the footer fails its checksum',
  explanation:
    'A byte of the copy at the start of the file changed after it was written. QEMU reads only this copy and refuses the image.',
  hint: 'Write the copy again from the footer at the end of the file.',
  source: 'spec: Hard Disk Footer Format, Checksum',
  repair: 'automatic',
  run: ({ metadata: { footer, footerCopy } }) => {
    if (!footerCopy || footerCopy.checksum.valid) return null;
    const footerIsSound = footer?.checksum.valid === true && footer.cookieValid;
    const { stored, computed } = footerCopy.checksum;
    return footerFieldDraft(footerCopy, 'checksum', {
      found: formatChecksum(stored),
      expected: formatChecksum(computed),
      detail: `The copy at byte 0 stores ${formatChecksum(stored)}, but its bytes give ${formatChecksum(computed)}. ${footerIsSound ? 'The footer at the end is sound and decides.' : 'There is no sound footer to decide by.'}`,
      repair: footerIsSound ? 'automatic' : 'choice',
    });
  },
};
