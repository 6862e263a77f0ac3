import { formatCount, formatSize } from '../../../../src-shared/vhd/format-size';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const originalSizeLarger: Rule = {
  code: 'original-size-larger',
  severity: 'note',
  area: 'size',
  level: 'quick',
  title: 'The disk was larger when it was made',
  explanation:
    'The original size is for information only. Xen Orchestra refuses a disk whose original size is above the current one.',
  hint: 'Set the original size to the current size if Xen Orchestra is to read the image.',
  source: 'spec: Hard Disk Footer Format, Original Size; vhd-lib',
  repair: 'automatic',
  run: ({ metadata: { active }, facts }) => {
    if (!active) return null;
    const original = active.fields.originalSizeBytes;
    const current = facts.currentSizeBytes;
    if (current === null || (original !== null && original <= current)) return null;
    return footerFieldDraft(active, 'originalSize', {
      found: original === null ? 'all ones' : String(original),
      expected: `at most ${formatCount(current)}`,
      detail: `The original size is ${original === null ? 'all ones' : formatSize(original)}, the current size ${formatSize(current)}.`,
    });
  },
};
