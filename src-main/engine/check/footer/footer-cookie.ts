import { formatCount } from '../../../../src-shared/vhd/format-size';
import { POISONED_FOOTER_COOKIE } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';
import { printable } from '../printable';

export const footerCookie: Rule = {
  code: 'footer-cookie',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The footer does not begin with "conectix"',
  explanation:
    'Programs know a VHD by these eight letters at the end of the file. The rest shows that a footer stands here, but only Platter will see that.',
  hint: 'Restore the footer from its copy, or put the eight letters back.',
  source: 'spec: Hard Disk Footer Format, Cookie',
  repair: 'automatic',
  run: ({ metadata: { footer, footerCopy } }) => {
    if (!footer || footer.cookieValid || footer.fields.cookie === POISONED_FOOTER_COOKIE) return null;
    const copyIsSound = footerCopy?.checksum.valid === true && footerCopy.cookieValid;
    return footerFieldDraft(footer, 'cookie', {
      found: printable(footer.fields.cookie),
      expected: 'conectix',
      detail: `The footer at byte ${formatCount(footer.offset)} begins with "${printable(footer.fields.cookie)}".`,
      repair: copyIsSound || cookieAloneIsWrong(footer) ? 'automatic' : 'choice',
    });
  },
};

/** Whether the stored checksum is that of the footer with the right cookie. */
export function cookieAloneIsWrong(footer: {
  readonly bytes: Uint8Array;
  readonly checksum: { readonly stored: number };
}): boolean {
  const expected = 'conectix';
  let difference = 0;
  for (let at = 0; at < 8; at += 1) difference += (footer.bytes[at] ?? 0) - expected.charCodeAt(at);
  let sum = 0;
  footer.bytes.forEach((byte, at) => {
    if (at < 64 || at >= 68) sum += byte;
  });
  return ~(sum - difference) >>> 0 === footer.checksum.stored;
}
