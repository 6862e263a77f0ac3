import { formatCount } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';
import { printablePath } from '../printable';
import { eachLocator, nameOf } from './each-locator';

const UNPAIRED = /[\ud800-\udbff](?![\udc00-\udfff])|(?:^|[^\ud800-\udbff])[\udc00-\udfff]|\ufffd/;

export const locatorText: Rule = {
  code: 'locator-text',
  severity: 'warning',
  area: 'locator',
  level: 'quick',
  title: 'The path of a parent locator is no readable text',
  explanation:
    'The bytes do not decode to a path in the way that the platform code says, or there is no text at all.',
  hint: 'Relink the image to its parent: that writes all locators anew.',
  source: 'spec: Parent Locator Entries, Platform Code',
  repair: 'choice',
  run: (context) =>
    eachLocator(context, ({ path, platform, entry, ...rest }) => {
      const locator = { path, platform, entry, ...rest };
      if (path === null || entry.dataLengthBytes === 0) return null;
      const isWide = platform === 'W2ru' || platform === 'W2ku';
      const problem =
        isWide && entry.dataLengthBytes % 2 !== 0
          ? `has an odd number of bytes (${formatCount(entry.dataLengthBytes)}) for a text of two bytes a character`
          : path === ''
            ? 'holds an empty path'
            : UNPAIRED.test(path)
              ? 'holds bytes that are no text'
              : null;
      return problem === null
        ? null
        : { field: 'dataLength', found: printablePath(path), detail: `${nameOf(locator)} ${problem}.` };
    }),
};
