import { POISONED_FOOTER_COOKIE } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft } from '../build-finding';
import { printable } from '../printable';
import type { Rule } from '../rule';
import { cookieAloneIsWrong } from './footer-cookie';

export const footerCopyCookie: Rule = {
  code: 'footer-copy-cookie',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The copy of the footer does not begin with "conectix"',
  explanation:
    'QEMU and format detection in general know a dynamic image by these eight letters at its start.',
  hint: 'Write the copy again from the footer at the end of the file.',
  source: 'spec: Hard Disk Footer Format, Cookie',
  repair: 'automatic',
  run: ({ metadata: { footer, footerCopy } }) => {
    if (!footerCopy || footerCopy.cookieValid || footerCopy.fields.cookie === POISONED_FOOTER_COOKIE)
      return null;
    const footerIsSound = footer?.checksum.valid === true && footer.cookieValid;
    return footerFieldDraft(footerCopy, 'cookie', {
      found: printable(footerCopy.fields.cookie),
      expected: 'conectix',
      detail: `The file begins with "${printable(footerCopy.fields.cookie)}".`,
      repair: footerIsSound || cookieAloneIsWrong(footerCopy) ? 'automatic' : 'choice',
    });
  },
};
