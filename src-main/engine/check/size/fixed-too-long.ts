import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';

export const fixedTooLong: Rule = {
  code: 'fixed-too-long',
  severity: 'warning',
  area: 'size',
  level: 'quick',
  title: 'The file is longer than the fixed disk it holds',
  explanation:
    'Between the end of the disk and the footer lie bytes that belong to nothing. 7-Zip counts back from the footer and shows everything shifted by that much; other programs count from the start.',
  hint: 'Move the footer to the end of the disk, or make the disk as large as the space in front of the footer.',
  source: 'spec: Fixed Hard Disk Image',
  repair: 'choice',
  run: ({ metadata: { footer, active, type }, facts }) => {
    const size = facts.currentSizeBytes;
    if (type !== 'fixed' || !footer || !active || size === null || footer.offset <= size) return null;
    return {
      where: { structure: 'file', offset: size, length: footer.offset - size },
      detail: `The disk ends at byte ${formatCount(size)}, the footer begins at byte ${formatCount(footer.offset)}: ${formatBytes(footer.offset - size)} ${footer.offset - size === 1 ? 'lies' : 'lie'} between.`,
      evidence: [{ field: 'currentSize', found: String(size), expected: String(footer.offset) }],
    };
  },
};
