import type { Rule } from '../rule';
import { eachLocator, nameOf } from './each-locator';

export const locatorReserved: Rule = {
  code: 'locator-reserved',
  severity: 'warning',
  area: 'locator',
  level: 'quick',
  title: 'Reserved bytes of a parent locator are not zero',
  explanation: 'These four bytes must be zero; Xen and 7-Zip refuse the image otherwise.',
  hint: 'Clear the bytes and recompute the checksum of the header.',
  source: 'spec: Parent Locator Entries, Reserved',
  repair: 'choice',
  run: (context) =>
    eachLocator(context, (locator) =>
      locator.entry.reserved !== 0
        ? {
            field: 'reserved',
            found: String(locator.entry.reserved),
            expected: '0',
            detail: `${nameOf(locator)} has ${locator.entry.reserved} in its reserved bytes.`,
          }
        : null,
    ),
};
