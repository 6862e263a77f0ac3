import { formatCount } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft, inHex } from '../build-finding';
import { overlaps } from '../byte-area';
import type { Rule } from '../rule';

export const batOutside: Rule = {
  code: 'bat-outside',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'The BAT is not where it can be',
  explanation:
    'The dynamic disk header points to the table of blocks (BAT). Here it points behind the end of the file or into another structure, so no block can be found through it.',
  hint: 'Usually the table follows the header at byte 1536; if that fits, correct the pointer. Else rescue the content by a search for blocks.',
  source: 'spec: Dynamic Disk Header Format, Table Offset',
  repair: 'choice',
  run: ({ metadata: { header }, facts }) => {
    // an empty table has no place
    if (!header || (header.fields.maxTableEntries === 0 && facts.neededEntries === 0)) return null;
    const offset = header.fields.tableOffset;
    const place = facts.bat;
    const why =
      place === null || offset === null
        ? 'nowhere'
        : place.offset >= facts.dataEndOffset
          ? `to byte ${formatCount(place.offset)}, where the data has ended`
          : placeInside(place.offset, header.offset);
    if (why === null) return null;
    return headerFieldDraft(header, 'tableOffset', {
      found: offset === null ? 'all ones' : inHex(offset),
      detail: `The table offset points ${why}.`,
    });
  },
};

function placeInside(offset: number, headerOffset: number): string | null {
  const start = { offset, end: offset + 1 };
  if (overlaps(start, { offset: 0, end: 512 }))
    return `to byte ${formatCount(offset)}, into the copy of the footer`;
  if (overlaps(start, { offset: headerOffset, end: headerOffset + 1024 }))
    return `to byte ${formatCount(offset)}, into the header itself`;
  return null;
}
