import { NULL_UUID } from '../../../../src-shared/vhd/uuid';
import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const parentIdNull: Rule = {
  code: 'parent-id-null',
  severity: 'warning',
  area: 'header',
  level: 'quick',
  title: 'The differencing disk names no unique id of its parent',
  explanation:
    'To Xen that means that the parent is a raw disk, which has no identity that could be proven. Everybody else takes it for damage and refuses the image.',
  hint: 'Name the raw parent when reading, or relink the image to its true parent.',
  source: 'blktap: libvhd.c, vhd_parent_raw; spec: Parent Unique ID',
  repair: 'none',
  run: ({ metadata: { header, type } }) =>
    header && type === 'differencing' && header.fields.parentUniqueId === NULL_UUID
      ? headerFieldDraft(header, 'parentUniqueId', {
          found: NULL_UUID,
          detail: 'The parent unique id is all zeros.',
        })
      : null,
};
