import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const batUnaligned: Rule = {
  code: 'bat-unaligned',
  severity: 'warning',
  area: 'bat',
  level: 'quick',
  title: 'The BAT does not begin on a sector',
  explanation: 'All structures lie on multiples of 512 bytes. Xen refuses a table that does not.',
  hint: 'Move the table to a whole sector; its entries stay as they are.',
  source: 'blktap: vhd-util check; spec: Table Offset',
  repair: 'automatic',
  run: ({ metadata: { header }, facts }) =>
    header && facts.bat && facts.bat.offset % 512 !== 0
      ? headerFieldDraft(header, 'tableOffset', {
          found: formatCount(facts.bat.offset),
          expected: 'a multiple of 512',
          detail: `The BAT begins at byte ${formatCount(facts.bat.offset)}, ${formatBytes(facts.bat.offset % 512)} into a sector.`,
        })
      : null,
};
