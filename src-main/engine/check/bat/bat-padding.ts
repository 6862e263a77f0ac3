import { readUpTo } from '../../io';
import { toHex } from '../../../../src-shared/vhd/text';
import { clashOfSurplusEntries } from './claimed-table';
import type { Rule } from '../rule';

export const batPadding: Rule = {
  code: 'bat-padding',
  severity: 'note',
  area: 'bat',
  level: 'quick',
  title: 'The space behind the last BAT entry is not empty',
  explanation:
    'The table is filled up to a whole sector, with ones or zeros as programs like. Other bytes there are left over from something; they mean nothing.',
  hint: 'Nothing needs to be done.',
  source: 'spec: Block Allocation Table',
  repair: 'none',
  run: async (context) => {
    const { file, facts, metadata } = context;
    const { header } = metadata;
    if (!header || !facts.bat || facts.bat.end > facts.dataEndOffset) return null;
    if (clashOfSurplusEntries(context)) return null;
    const start = facts.bat.offset + header.fields.maxTableEntries * 4;
    const padding = await readUpTo(file, start, Math.min(facts.bat.end - start, 512));
    const used = padding.filter((byte) => byte !== 0 && byte !== 0xff).length;
    if (used === 0) return null;
    return {
      where: { structure: 'bat', offset: start, length: padding.length },
      detail: `${used} of the ${padding.length} bytes behind the last entry ${used === 1 ? 'is' : 'are'} neither zeros nor ones.`,
      evidence: [{ field: 'padding', bytes: toHex(padding.subarray(0, 64)) }],
    };
  },
};
