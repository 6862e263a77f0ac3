import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';

export const fileSizeNotSectors: Rule = {
  code: 'file-size-not-sectors',
  severity: 'warning',
  area: 'file',
  level: 'quick',
  title: 'The size of the file is not a multiple of 512',
  explanation:
    'Everything in a VHD lies on sectors, so the file ends on one. Here bytes are missing or were added: programs that look for the footer in the last sector do not find it.',
  hint: 'Put the footer on the next sector behind the data and cut the file there.',
  source: 'spec: Hard Disk Footer Format; blktap: "invalid file size"',
  repair: 'automatic',
  run: ({ metadata: { fileSizeBytes, footer, type }, facts }) => {
    const rest = fileSizeBytes % 512;
    if (rest === 0 || (footer?.lengthBytes === 511 && footer.offset % 512 === 0)) return null;
    // the footer of a fixed disk of an odd size stands where its size says; that size is the finding
    if (type === 'fixed' && footer?.position === 'end' && footer.offset === facts.currentSizeBytes)
      return null;
    return {
      where: { structure: 'file', offset: fileSizeBytes - rest, length: rest },
      detail: `The file has ${formatBytes(fileSizeBytes)}: ${formatCount(rest)} more than whole sectors.`,
      // where the footer is missing or not the last, mending that mends this
      repair: footer?.position === 'end' && type !== 'fixed' ? 'automatic' : 'none',
    };
  },
};
