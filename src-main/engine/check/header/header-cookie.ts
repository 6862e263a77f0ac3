import { formatCount } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import { printable } from '../printable';
import type { Rule } from '../rule';
import { isHeaderPlausible } from './header-plausible';

export const headerCookie: Rule = {
  code: 'header-cookie',
  severity: 'error',
  area: 'header',
  level: 'quick',
  title: 'The dynamic disk header does not begin with "cxsparse"',
  explanation:
    'Where the footer says that the header stands, something else begins. Either the header is damaged, or the pointer to it.',
  hint: 'If everything else in the header fits, put the eight letters back.',
  source: 'spec: Dynamic Disk Header Format, Cookie',
  repair: 'choice',
  run: ({ metadata, facts }) => {
    const { header } = metadata;
    if (!header || header.cookieValid) return null;
    return headerFieldDraft(header, 'cookie', {
      found: printable(header.fields.cookie),
      expected: 'cxsparse',
      detail: `At byte ${formatCount(header.offset)} stands "${printable(header.fields.cookie)}".`,
      repair: isHeaderPlausible(metadata, facts) ? 'automatic' : 'choice',
    });
  },
};
