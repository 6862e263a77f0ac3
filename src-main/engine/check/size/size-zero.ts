import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const sizeZero: Rule = {
  code: 'size-zero',
  severity: 'note',
  area: 'size',
  level: 'quick',
  title: 'The disk has no bytes',
  explanation: 'A disk of size zero is legal and useless. libvhdi and VirtualBox refuse it.',
  hint: 'Nothing needs to be done, unless the size was lost: then the original size or the BAT may tell.',
  source: 'spec: Hard Disk Footer Format, Current Size',
  repair: 'none',
  run: ({ metadata: { active } }) =>
    active?.fields.currentSizeBytes === 0
      ? footerFieldDraft(active, 'currentSize', { found: '0', detail: 'The current size is 0.' })
      : null,
};
