import type { Rule } from '../rule';
import { eachLocator, nameOf } from './each-locator';

export const locatorUnknownCode: Rule = {
  code: 'locator-unknown-code',
  severity: 'warning',
  area: 'locator',
  level: 'quick',
  title: 'A parent locator has an unknown platform code',
  explanation:
    'The code says how the path is written. Nobody can read a path under this one; Xen refuses the image.',
  hint: 'Relink the image to its parent: that writes all locators anew.',
  source: 'spec: Parent Locator Entries, Platform Code',
  repair: 'choice',
  run: (context) =>
    eachLocator(context, (locator) =>
      locator.platform === null
        ? {
            field: 'platformCode',
            found: locator.code,
            expected: 'W2ru, W2ku, Wi2r, Wi2k, Mac or MacX',
            detail: `${nameOf(locator)} has a code that the format does not know.`,
          }
        : null,
    ),
};
