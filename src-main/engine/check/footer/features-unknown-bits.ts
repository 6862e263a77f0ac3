import { FEATURE_RESERVED, FEATURE_TEMPORARY } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft, inHex } from '../build-finding';
import type { Rule } from '../rule';

const KNOWN = FEATURE_RESERVED | FEATURE_TEMPORARY;

export const featuresUnknownBits: Rule = {
  code: 'features-unknown-bits',
  severity: 'warning',
  area: 'footer',
  level: 'quick',
  title: 'Unknown feature bits are set',
  explanation:
    'Only two feature bits are defined; the others must be zero. Xen and libvhdi refuse the image.',
  hint: 'Clear the unknown bits and recompute the checksum.',
  source: 'spec: Hard Disk Footer Format, Features',
  repair: 'automatic',
  run: ({ metadata: { active } }) => {
    if (!active || (active.fields.features & ~KNOWN) === 0) return null;
    const { features } = active.fields;
    return footerFieldDraft(active, 'features', {
      found: inHex(features),
      expected: inHex((features & KNOWN) >>> 0),
      detail: `The features are ${inHex(features)}; of these, ${inHex((features & ~KNOWN) >>> 0)} means nothing.`,
    });
  },
};
