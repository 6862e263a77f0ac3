import type { Rule } from '../rule';
import { eachLocator, nameOf } from './each-locator';

export const locatorEmpty: Rule = {
  code: 'locator-empty',
  severity: 'warning',
  area: 'locator',
  level: 'quick',
  title: 'A parent locator points to nothing',
  explanation:
    'The entry has a platform code, but no room, no length or no place for a path. Xen refuses the image.',
  hint: 'Relink the image to its parent: that writes all locators anew.',
  source: 'blktap: vhd-util check; spec: Parent Locator Entries',
  repair: 'choice',
  run: (context) =>
    eachLocator(context, (locator) => {
      const { dataLengthBytes, dataOffset, dataSpace } = locator.entry;
      const field =
        dataLengthBytes === 0
          ? 'dataLength'
          : dataOffset === 0
            ? 'dataOffset'
            : dataSpace === 0
              ? 'dataSpace'
              : null;
      return field === null
        ? null
        : { field, found: '0', detail: `${nameOf(locator)}: its ${WORDS[field]} is 0.` };
    }),
};

const WORDS = { dataLength: 'length', dataOffset: 'offset', dataSpace: 'space' } as const;
