import { formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { Place } from '../../../../src-shared/model/finding';
import type { Rule } from '../rule';
import { unclaimedBlocks } from '../unclaimed-blocks';
import { unreferencedGaps } from '../unreferenced';

/** Where whole blocks may lie there, giving the space back would lose them. */
const HELD = {
  severity: 'warning',
  hint: 'Do not compact or convert the image yet: that drops these bytes. "platter rescue" builds a new image from every block it finds; a deep check says what lies there.',
} as const;

export const unreferencedSpace: Rule = {
  code: 'unreferenced-space',
  severity: 'note',
  severities: ['note', 'warning'],
  area: 'file',
  level: 'quick',
  title: 'Parts of the file belong to nothing',
  explanation:
    'No structure and no block claims these bytes, and they are large enough for a block. They were set aside, left behind when the disk was made smaller, or a crash came between a block and its entry in the BAT. A deep check says whether anything is in them.',
  hint: 'Compacting the image gives the space back.',
  source: 'spec: Data Blocks',
  repair: 'none',
  run: async (context) => {
    const places: Place[] = [];
    let count = 0;
    let bytes = 0;
    for (const { offset, end } of unreferencedGaps(context)) {
      if (end - offset < context.facts.blockStrideBytes) continue;
      count += 1;
      bytes += end - offset;
      if (places.length < 21) places.push({ structure: 'file', offset, length: end - offset });
    }
    const [where = null, ...examples] = places;
    if (count === 0) return null;
    const holdsBlocks = (await unclaimedBlocks(context).next()).done !== true;
    return {
      where,
      examples,
      count,
      ...(holdsBlocks ? HELD : {}),
      detail: `${formatSizeBoth(bytes)} in ${count === 1 ? 'one stretch' : `${count} stretches`} belong to nothing${holdsBlocks ? ', and begin as a block does: content may lie there that the BAT has lost' : ''}.`,
    };
  },
};
