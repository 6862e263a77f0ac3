import { formatChecksum } from '../../../../src-shared/vhd/checksum';
import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';
import { isHeaderPlausible } from './header-plausible';

export const headerChecksum: Rule = {
  code: 'header-checksum',
  severity: 'error',
  area: 'header',
  level: 'quick',
  title: 'The dynamic disk header fails its checksum',
  explanation:
    'A byte of the header changed after it was written, or the sum was never right. There is no copy of this header; the specification says to assume the file corrupt. Windows, Xen and 7-Zip refuse it; QEMU and VirtualBox do not look.',
  hint: 'Where every field of the header is valid, recompute the checksum; else look at the fields named by the other findings first.',
  source: 'spec: Dynamic Disk Header Format, Checksum',
  repair: 'automatic',
  run: ({ metadata, facts }) => {
    const { header } = metadata;
    if (!header || header.checksum.valid) return null;
    const { stored, computed } = header.checksum;
    const isCertain = header.cookieValid && isHeaderPlausible(metadata, facts);
    return headerFieldDraft(header, 'checksum', {
      found: formatChecksum(stored),
      expected: formatChecksum(computed),
      detail: `The header stores ${formatChecksum(stored)}, but its bytes give ${formatChecksum(computed)}. ${isCertain ? 'Each of its fields could be right as it stands.' : 'Not all of its fields are valid.'}`,
      repair: isCertain ? 'automatic' : 'choice',
    });
  },
};
