import { formatCount } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import { clashOfSurplusEntries } from './claimed-table';
import type { Rule } from '../rule';

export const tableOverBlocks: Rule = {
  code: 'table-over-blocks',
  severity: 'error',
  area: 'bat',
  level: 'quick',
  title: 'The number of BAT entries is too large for the room there is',
  explanation:
    'By its count the table would reach into blocks, into other structures or past the end of the file. What stands there is no table; programs that read it all take other bytes for block numbers.',
  hint: 'Set the count to what the size of the disk needs, if the table has that many.',
  source: 'spec: Dynamic Disk Header Format, Max Table Entries',
  repair: 'choice',
  run: (context) => {
    const clash = clashOfSurplusEntries(context);
    const { metadata, facts } = context;
    if (!clash || !metadata.header || !facts.bat || facts.neededEntries === null) return null;
    const { maxTableEntries } = metadata.header.fields;
    return headerFieldDraft(metadata.header, 'maxTableEntries', {
      found: formatCount(maxTableEntries),
      expected: formatCount(facts.neededEntries),
      detail: `${formatCount(maxTableEntries)} entries would end at byte ${formatCount(facts.bat.offset + maxTableEntries * 4)}, but ${clash.what} stands at byte ${formatCount(clash.at)}; the disk needs ${formatCount(facts.neededEntries)}.`,
    });
  },
};
