import { formatBytes, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';

export const fixedTooShort: Rule = {
  code: 'fixed-too-short',
  severity: 'error',
  area: 'size',
  level: 'quick',
  title: 'The file is shorter than the fixed disk it should hold',
  explanation:
    'In front of the footer of a fixed disk stands the whole disk. Here the last part of it is not in the file; QEMU shows the footer as content there, others report an error.',
  hint: 'Pad the file with zeros where the content is missing, or make the disk as small as what is left of it.',
  source: 'spec: Fixed Hard Disk Image',
  repair: 'choice',
  run: ({ metadata: { footer, active, type }, facts }) => {
    const size = facts.currentSizeBytes;
    if (type !== 'fixed' || !footer || !active || size === null || footer.offset >= size) return null;
    return {
      where: { structure: 'file', offset: footer.offset, length: footer.lengthBytes },
      detail: `The disk has ${formatSizeBoth(size)}, but only ${formatSizeBoth(footer.offset)} stand in front of the footer: ${formatBytes(size - footer.offset)} are missing.`,
      guestRanges: [{ offset: footer.offset, length: size - footer.offset }],
      evidence: [{ field: 'currentSize', found: String(size), expected: String(footer.offset) }],
    };
  },
};
