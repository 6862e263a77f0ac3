import { formatCount } from '../../../../src-shared/vhd/format-size';
import { overlaps, type ByteArea } from '../byte-area';
import { safe } from '../image-facts';
import type { Rule } from '../rule';
import { eachLocator, nameOf } from './each-locator';

export const locatorOverlaps: Rule = {
  code: 'locator-overlaps',
  severity: 'error',
  area: 'locator',
  level: 'quick',
  title: 'The path of a parent locator lies over another structure',
  explanation:
    'The bytes of the path are also part of the copy of the footer, the header, the BAT or another locator. One of the two is not what it should be.',
  hint: 'Relink the image to its parent: that writes all locators anew, where there is room.',
  source: 'spec: Parent Locator Entries, Platform Data Offset',
  repair: 'choice',
  run: (context) =>
    eachLocator(context, (locator) => {
      const offset = safe(locator.entry.dataOffset);
      if (offset === null || offset === 0 || locator.entry.dataLengthBytes === 0) return null;
      const own = { offset, end: offset + locator.entry.dataLengthBytes };
      const other = context.facts.metadataAreas.find(
        (area) =>
          !(area.structure === 'parentLocator' && area.index === locator.index) &&
          overlaps(area, own) &&
          !isSharedPath(area, offset),
      );
      return other
        ? {
            field: 'dataOffset',
            found: formatCount(offset),
            detail: `${nameOf(locator)} claims bytes ${formatCount(own.offset)} to ${formatCount(own.end)}, where ${WORDS[other.structure] ?? 'another structure'} stands (bytes ${formatCount(other.offset)} to ${formatCount(other.end)}).`,
          }
        : null;
    }),
};

/** Two entries may name the same path: that takes nothing from either. */
const isSharedPath = (area: ByteArea, offset: number): boolean =>
  area.structure === 'parentLocator' && area.offset === offset;

const WORDS: Readonly<Partial<Record<ByteArea['structure'], string>>> = {
  footerCopy: 'the copy of the footer',
  dynamicHeader: 'the dynamic disk header',
  bat: 'the BAT',
  batmap: 'the batmap',
  parentLocator: 'the room of another locator',
};
