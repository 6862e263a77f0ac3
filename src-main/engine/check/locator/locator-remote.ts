import type { Rule } from '../rule';
import { printablePath } from '../printable';
import { eachLocator, nameOf } from './each-locator';

export const locatorRemote: Rule = {
  code: 'locator-remote',
  severity: 'note',
  area: 'locator',
  level: 'quick',
  title: 'A parent locator names a place on the network or a device',
  explanation:
    'Opening such an image makes some programs contact that place, and on Windows send it a form of the password. Platter never does: it looks for the name beside the image only.',
  hint: 'Relink the image to a parent beside it if the place is not known to you.',
  source: 'Platter: what a file says about other files is not trusted',
  repair: 'choice',
  run: (context) =>
    eachLocator(context, (locator) => {
      const path = locator.path ?? '';
      if (!/^([\\/]{2}|(?!file:)[a-z][a-z0-9+.-]+:\/\/)/i.test(path)) return null;
      return {
        field: 'dataOffset',
        found: printablePath(path),
        detail: `${nameOf(locator)} names "${printablePath(path)}".`,
      };
    }),
};
