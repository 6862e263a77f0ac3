import { formatCount } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import { clashOfSurplusEntries } from './claimed-table';
import type { CheckContext } from '../context';
import type { RepairKind, Rule } from '../rule';
import { counted } from '../words';

export const tableSurplusEntries: Rule = {
  code: 'table-surplus-entries',
  severity: 'note',
  area: 'bat',
  level: 'quick',
  title: 'The BAT has more entries than the disk has blocks',
  explanation:
    'That is legal: room to grow, or a habit of the program that made the image. 7-Zip refuses it all the same, and old upload tools for Azure sent a block too many.',
  hint: 'Lower the count if 7-Zip is to read the image.',
  source: 'spec: Dynamic Disk Header Format, Max Table Entries; 7-Zip',
  repair: 'automatic',
  run: (context) => {
    const { metadata, facts } = context;
    const { header, active } = metadata;
    if (!header || facts.neededEntries === null || clashOfSurplusEntries(context)) return null;
    const surplus = header.fields.maxTableEntries - facts.neededEntries;
    if (surplus <= 0) return null;
    return headerFieldDraft(header, 'maxTableEntries', {
      found: formatCount(header.fields.maxTableEntries),
      expected: formatCount(facts.neededEntries),
      count: surplus,
      detail: `The BAT has ${counted(header.fields.maxTableEntries, 'entry', 'entries')}, the disk ${counted(facts.neededEntries, 'block', 'blocks')}.`,
      likelyCause:
        active?.fields.creatorApplication === 'tap\0'
          ? 'Xen set room aside for the disk to grow.'
          : surplus === 1
            ? 'The program counted one entry too many, as old QEMU and Xen Orchestra do.'
            : null,
      repair: repairOf(context),
    });
  },
};

/** Behind a lower count nobody would find the batmap; room of Xen, and entries in use, are for the person to give up. */
function repairOf({ metadata, facts, bat }: CheckContext): RepairKind {
  if (facts.batmap || facts.neededEntries === 0) return 'none';
  const isXen = metadata.active?.fields.creatorApplication === 'tap\0';
  return isXen || (bat && bat.beyondDisk.count > 0) ? 'choice' : 'automatic';
}
