import { FEATURE_RESERVED } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft, inHex } from '../build-finding';
import type { Rule } from '../rule';

export const featuresReservedBit: Rule = {
  code: 'features-reserved-bit',
  severity: 'warning',
  area: 'footer',
  level: 'quick',
  title: 'The feature bit that must be set is clear',
  explanation: 'Bit 1 of the features is reserved and always 1. Xen and libvhdi refuse a footer without it.',
  hint: 'Set the bit and recompute the checksum.',
  source: 'spec: Hard Disk Footer Format, Features',
  repair: 'automatic',
  run: ({ metadata: { active } }) =>
    active && (active.fields.features & FEATURE_RESERVED) === 0
      ? footerFieldDraft(active, 'features', {
          found: inHex(active.fields.features),
          expected: inHex((active.fields.features | FEATURE_RESERVED) >>> 0),
          detail: `The features are ${inHex(active.fields.features)}.`,
        })
      : null,
};
