import { pathBaseName } from '../../../../src-shared/vhd/locator';
import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';
import { printablePath } from '../printable';

export const parentNameDiffers: Rule = {
  code: 'parent-name-differs',
  severity: 'note',
  area: 'locator',
  level: 'quick',
  title: 'The parent has one name in the header and another in its locators',
  explanation:
    'Programs that look by the header and programs that look by the locators then look for different files. Xen refuses the image.',
  hint: 'Relink the image to its parent: that writes name and locators anew.',
  source: 'blktap: vhd-util check; spec: Parent Unicode Name',
  repair: 'automatic',
  run: async (context) => {
    const { header, type } = context.metadata;
    if (!header || type !== 'differencing') return null;
    const name = pathBaseName(header.fields.parentUnicodeName);
    const others = (await context.locators())
      .map(({ path }) => (path === null || path === '' ? null : pathBaseName(path)))
      .filter((base): base is string => base !== null && base.toLowerCase() !== name?.toLowerCase());
    const [other] = others;
    if (other === undefined) return null;
    return headerFieldDraft(header, 'parentUnicodeName', {
      found: printablePath(header.fields.parentUnicodeName),
      expected: printablePath(other),
      count: others.length,
      detail:
        name === null
          ? `The header names no file, a locator "${printablePath(other)}".`
          : `The header names "${printablePath(name)}", a locator "${printablePath(other)}".`,
    });
  },
};
