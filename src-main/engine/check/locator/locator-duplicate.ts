import type { Rule } from '../rule';
import { eachLocator, nameOf } from './each-locator';

export const locatorDuplicate: Rule = {
  code: 'locator-duplicate',
  severity: 'warning',
  area: 'locator',
  level: 'quick',
  title: 'Two parent locators have the same platform code',
  explanation: 'Which of the two paths counts depends on the program. Xen refuses the image.',
  hint: 'Relink the image to its parent: that writes all locators anew.',
  source: 'blktap: vhd-util check; spec: Parent Locator Entries',
  repair: 'choice',
  run: (context) => {
    const seen = new Map<string, number>();
    return eachLocator(context, (locator) => {
      const first = seen.get(locator.code);
      seen.set(locator.code, first ?? locator.index);
      return first === undefined
        ? null
        : {
            field: 'platformCode',
            found: locator.code,
            detail: `${nameOf(locator)} has the same code as locator ${first}.`,
          };
    });
  },
};
