import { formatCount } from '../../../../src-shared/vhd/format-size';
import { safe } from '../image-facts';
import type { Rule } from '../rule';
import { eachLocator, nameOf } from './each-locator';

export const locatorOutside: Rule = {
  code: 'locator-outside',
  severity: 'warning',
  area: 'locator',
  level: 'quick',
  title: 'The path of a parent locator lies behind the end of the file',
  explanation: 'The path cannot be read. The parent may still be found through another locator or its name.',
  hint: 'Relink the image to its parent: that writes all locators anew.',
  source: 'spec: Parent Locator Entries, Platform Data Offset',
  repair: 'choice',
  run: (context) =>
    eachLocator(context, (locator) => {
      const offset = safe(locator.entry.dataOffset);
      if (offset === null) return null;
      const end = offset + locator.entry.dataLengthBytes;
      return locator.entry.dataLengthBytes > 0 && end > context.facts.dataEndOffset
        ? {
            field: 'dataOffset',
            found: formatCount(offset),
            detail: `${nameOf(locator)} claims bytes ${formatCount(offset)} to ${formatCount(end)}, and the data ends at byte ${formatCount(context.facts.dataEndOffset)}.`,
          }
        : null;
    }),
};
