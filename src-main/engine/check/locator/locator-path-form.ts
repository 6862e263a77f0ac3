import type { Rule } from '../rule';
import { printablePath } from '../printable';
import { eachLocator, nameOf } from './each-locator';

const ABSOLUTE = /^([a-z]:[\\/]|[\\/])/i;

export const locatorPathForm: Rule = {
  code: 'locator-path-form',
  severity: 'note',
  area: 'locator',
  level: 'quick',
  title: 'The path of a parent locator is not of the kind its code says',
  explanation:
    'W2ru and Wi2r are relative paths, which by convention begin with ".\\"; W2ku and Wi2k are absolute ones. Programs that take the code at its word do not find the parent.',
  hint: 'Relink the image to its parent: that writes all locators anew.',
  source: 'spec: Parent Locator Entries; blktap: relative paths must start with ".\\"',
  repair: 'none',
  run: (context) =>
    eachLocator(context, (locator) => {
      const { path, platform } = locator;
      if (path === null || path === '') return null;
      const isAbsolute = ABSOLUTE.test(path);
      const shown = printablePath(path);
      if ((platform === 'W2ku' || platform === 'Wi2k') && !isAbsolute)
        return {
          field: 'dataOffset',
          found: shown,
          detail: `${nameOf(locator)} should be absolute, but is "${shown}".`,
          likelyCause:
            context.metadata.active?.fields.creatorApplication === 'tap\0'
              ? 'Xen writes the same relative path under every code.'
              : null,
        };
      if ((platform === 'W2ru' || platform === 'Wi2r') && (isAbsolute || !/^\.\.?[\\/]/.test(path)))
        return {
          field: 'dataOffset',
          found: shown,
          detail: `${nameOf(locator)} should be relative and begin with ".\\", but is "${shown}".`,
        };
      return null;
    }),
};
