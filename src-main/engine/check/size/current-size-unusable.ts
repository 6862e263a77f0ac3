import { footerFieldDraft, inHex } from '../build-finding';
import type { Rule } from '../rule';

export const currentSizeUnusable: Rule = {
  code: 'current-size-unusable',
  severity: 'error',
  area: 'size',
  level: 'quick',
  title: 'The current size is no possible size',
  explanation: 'The number is beyond what any computer of today can count as a file. The field is damaged.',
  hint: 'Choose the size that the BAT, the geometry or the original size suggest.',
  source: 'spec: Hard Disk Footer Format, Current Size',
  repair: 'choice',
  run: ({ metadata: { active } }) => {
    const size = active?.fields.currentSizeBytes;
    if (!active || (size !== null && Number.isSafeInteger(size))) return null;
    return footerFieldDraft(active, 'currentSize', {
      found: size === null || size === undefined ? 'all ones' : inHex(size),
      detail: 'The current size does not fit 53 bits.',
    });
  },
};
