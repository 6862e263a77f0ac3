import { FEATURE_TEMPORARY } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft, inHex } from '../build-finding';
import type { Rule } from '../rule';

export const featureTemporary: Rule = {
  code: 'feature-temporary',
  severity: 'note',
  area: 'footer',
  level: 'quick',
  title: 'The disk is marked as temporary',
  explanation: 'A program may delete a disk with this mark when the machine is shut down. Virtual PC did.',
  hint: 'Clear the mark if the disk is to stay.',
  source: 'spec: Hard Disk Footer Format, Features',
  repair: 'automatic',
  run: ({ metadata: { active } }) =>
    active && (active.fields.features & FEATURE_TEMPORARY) !== 0
      ? footerFieldDraft(active, 'features', {
          found: inHex(active.fields.features),
          expected: inHex((active.fields.features & ~FEATURE_TEMPORARY) >>> 0),
          detail: 'Bit 0 of the features is set.',
        })
      : null,
};
