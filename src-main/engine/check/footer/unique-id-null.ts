import { NULL_UUID } from '../../../../src-shared/vhd/uuid';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const uniqueIdNull: Rule = {
  code: 'unique-id-null',
  severity: 'warning',
  area: 'footer',
  level: 'quick',
  title: 'The image has no unique id',
  explanation:
    'Sixteen zeros are not an identity: a child could not prove that this is its parent, and Xen refuses the image.',
  hint: 'Give it a random id, unless children already refer to the zeros.',
  source: 'spec: Hard Disk Footer Format, Unique Id',
  repair: 'automatic',
  run: ({ metadata: { active } }) =>
    active?.fields.uniqueId === NULL_UUID
      ? footerFieldDraft(active, 'uniqueId', {
          found: NULL_UUID,
          detail: 'The unique id is all zeros.',
          likelyCause: creatorCause(active.fields.creatorApplication),
        })
      : null,
};

function creatorCause(creator: string): string | null {
  if (creator === 'qemu') return 'Old versions of QEMU gave no ids.';
  if (creator === 'bxic') return 'Bochs gives no ids.';
  return null;
}
