import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import { resolveDataSpace } from '../../../../src-shared/vhd/locator';
import type { Rule } from '../rule';
import { eachLocator, nameOf } from './each-locator';

export const locatorSpace: Rule = {
  code: 'locator-space',
  severity: 'warning',
  severities: ['warning', 'note'],
  area: 'locator',
  level: 'quick',
  title: 'The room of a parent locator is stored in an unusual way',
  explanation:
    'The specification counts the room for a path in sectors; nearly all programs store bytes, in whole sectors. A number of sectors is a note, a number that is neither is a warning, and so is less room than the path takes.',
  hint: 'Relink the image to its parent: that writes all locators anew, in bytes.',
  source: 'blktap: libvhd.h, vhd_parent_locator_size; spec: Platform Data Space',
  repair: 'automatic',
  run: (context) =>
    eachLocator(context, (locator) => {
      const { dataSpace, dataLengthBytes } = locator.entry;
      const { unit, spaceBytes } = resolveDataSpace(dataSpace);
      if (unit === 'none') return null;
      const field = 'dataSpace';
      const wanted = Math.ceil(dataLengthBytes / 512) * 512;
      if (spaceBytes === null)
        return {
          field,
          found: formatCount(dataSpace),
          expected: formatCount(wanted),
          detail: `${nameOf(locator)} stores ${formatCount(dataSpace)}, which is neither a number of sectors nor whole sectors in bytes.`,
        };
      if (dataLengthBytes > spaceBytes)
        return {
          field,
          found: formatCount(dataSpace),
          expected: formatCount(wanted),
          repair: 'choice',
          detail: `${nameOf(locator)} has a path of ${formatBytes(dataLengthBytes)} in a room of ${formatCount(spaceBytes)}.`,
        };
      return unit === 'sectors'
        ? {
            field,
            severity: 'note',
            found: formatCount(dataSpace),
            expected: formatCount(spaceBytes),
            detail: `${nameOf(locator)} counts its room in sectors: ${formatCount(dataSpace)}, that is ${formatBytes(spaceBytes)}.`,
          }
        : null;
    }),
};
