import { formatCount } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import { goVhdShortTable } from '../fingerprints';
import type { Rule } from '../rule';
import { lookBehindTable, type BehindTable } from './behind-table';

const BEHIND: Readonly<Record<BehindTable['kind'], string>> = {
  free: '',
  entries:
    'Behind it stands what continues it to a sound table: perhaps only the number of entries is wrong. ',
  other: 'Behind it stands something that is neither zeros nor ones. ',
};

export const tableTooSmall: Rule = {
  code: 'table-too-small',
  severity: 'error',
  severities: ['error', 'warning'],
  area: 'bat',
  level: 'quick',
  title: 'The BAT has fewer entries than the disk has blocks',
  explanation:
    'The last part of the disk has no place in the table: it can be neither read nor written. QEMU, 7-Zip and Windows refuse the image.',
  hint: 'Add the missing entries; where a block is in the way, it is moved first.',
  source: 'spec: Dynamic Disk Header Format, Max Table Entries',
  repair: 'automatic',
  run: async (context) => {
    const { file, metadata, facts, bat } = context;
    const { header } = metadata;
    if (!header || facts.neededEntries === null || facts.blockSizeBytes === null) return null;
    const entries = header.fields.maxTableEntries;
    if (entries >= facts.neededEntries) return null;
    const offset = entries * facts.blockSizeBytes;
    const { kind, hasRoom } = await lookBehindTable(file, metadata, facts, bat);
    const likelyCause = goVhdShortTable(context);
    return headerFieldDraft(header, 'maxTableEntries', {
      // made so from the start: nothing can have been stored there, so nothing is lost
      severity: likelyCause === null ? 'error' : 'warning',
      found: formatCount(entries),
      expected: formatCount(facts.neededEntries),
      count: facts.neededEntries - entries,
      detail: `The disk has ${formatCount(facts.neededEntries)} blocks, the BAT ${formatCount(entries)} entries. ${BEHIND[kind]}${hasRoom ? 'There is room for the others behind it.' : 'There is no room for the others behind it.'}`,
      guestRanges: [{ offset, length: (facts.currentSizeBytes ?? 0) - offset }],
      likelyCause,
      repair: kind === 'free' && (facts.neededEntries - entries === 1 || hasRoom) ? 'automatic' : 'choice',
    });
  },
};
