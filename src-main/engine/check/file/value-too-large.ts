import { headerFieldDraft, inHex } from '../build-finding';
import { UNUSED_PLATFORM_CODE } from '../../format';
import type { FindingDraft, Rule } from '../rule';

export const valueTooLarge: Rule = {
  code: 'value-too-large',
  severity: 'error',
  area: 'file',
  level: 'quick',
  title: 'A position is beyond what any file can hold',
  explanation:
    'A 64-bit offset in the metadata is larger than 2^53, far beyond any file. The field is damaged.',
  hint: 'Restore the structure from its copy, or correct the field.',
  source: 'spec: byte offsets',
  repair: 'none',
  run: ({ metadata: { header } }) => {
    if (!header) return null;
    const { tableOffset, parentLocators } = header.fields;
    const drafts: FindingDraft[] = [];
    const add = (field: string, value: number | null): void => {
      if (value === null || Number.isSafeInteger(value)) return;
      drafts.push(
        headerFieldDraft(header, field, { found: inHex(value), detail: `${field} is ${inHex(value)}.` }),
      );
    };
    add('tableOffset', tableOffset);
    parentLocators.forEach((entry, index) => {
      if (entry.platformCode !== UNUSED_PLATFORM_CODE)
        add(`parentLocator${index}.dataOffset`, entry.dataOffset);
    });
    return drafts;
  },
};
