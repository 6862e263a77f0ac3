import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const locatorsNone: Rule = {
  code: 'locators-none',
  severity: 'warning',
  area: 'locator',
  level: 'quick',
  title: 'The differencing disk does not say where its parent is',
  explanation:
    'No parent locator holds a path. The parent can be found by its name or its unique id at best; Windows, Xen and 7-Zip need a locator.',
  hint: 'Relink the image to its parent.',
  source: 'spec: Parent Locator Entries; blktap: at least one must resolve',
  repair: 'none',
  run: async (context) => {
    const { header, type } = context.metadata;
    if (!header || type !== 'differencing') return null;
    const usable = (await context.locators()).filter(({ path }) => path !== null && path !== '');
    if (usable.length > 0) return null;
    const name = header.fields.parentUnicodeName;
    return headerFieldDraft(header, 'parentLocator0.platformCode', {
      detail: `None of the eight entries holds a path${name === '' ? ', and there is no parent name either' : ', only the parent name is there'}.`,
    });
  },
};
