import { NULL_UUID } from '../../../../src-shared/vhd/uuid';
import { headerFieldDraft } from '../build-finding';
import { UNUSED_PLATFORM_CODE } from '../../format';
import type { Rule } from '../rule';
import { printablePath } from '../printable';

export const dynamicWithParent: Rule = {
  code: 'dynamic-with-parent',
  severity: 'warning',
  area: 'header',
  level: 'quick',
  title: 'A dynamic disk names a parent',
  explanation:
    'Only a differencing disk has a parent. Either the fields were left over, or the disk type is wrong and content that belongs to it lies in another file. Xen refuses such an image.',
  hint: 'If this was a differencing disk, set its type right; else clear the parent fields.',
  source: 'spec: Dynamic Disk Header Format, Parent Unique ID; blktap: vhd-util check',
  repair: 'choice',
  run: ({ metadata: { header, type } }) => {
    if (!header || type !== 'dynamic') return null;
    const { fields } = header;
    const used = fields.parentLocators.findIndex(({ platformCode }) => platformCode !== UNUSED_PLATFORM_CODE);
    const parts = [
      fields.parentUniqueId !== NULL_UUID ? `the unique id ${fields.parentUniqueId}` : '',
      fields.parentUnicodeName !== '' ? `the name "${printablePath(fields.parentUnicodeName)}"` : '',
      used >= 0 ? 'parent locators' : '',
      fields.parentTimestampSeconds !== 0 ? 'a timestamp' : '',
    ].filter((part) => part !== '');
    if (parts.length === 0) return null;
    const field =
      fields.parentUniqueId !== NULL_UUID
        ? 'parentUniqueId'
        : fields.parentUnicodeName !== ''
          ? 'parentUnicodeName'
          : used >= 0
            ? `parentLocator${used}.platformCode`
            : 'parentTimestamp';
    return headerFieldDraft(header, field, {
      expected: 'zeros',
      count: parts.length,
      detail: `The disk is dynamic, yet its header has ${parts.join(', ')} of a parent.`,
    });
  },
};
