import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';
import { bytesShifted } from '../fingerprints';
import type { Rule } from '../rule';

export const bytesAfterFooter: Rule = {
  code: 'bytes-after-footer',
  severity: 'warning',
  area: 'footer',
  level: 'quick',
  title: 'Bytes follow the footer',
  explanation:
    'The footer must be the last thing in the file. Programs look for it at the very end and do not find it there.',
  hint: 'Cut the bytes behind the footer off; they are kept for undo.',
  source: 'spec: Hard Disk Footer Format',
  repair: 'automatic',
  run: (context) => {
    const { footer, fileSizeBytes } = context.metadata;
    if (footer?.position !== 'displaced') return null;
    const end = footer.offset + footer.lengthBytes;
    return {
      where: { structure: 'file', offset: end, length: fileSizeBytes - end },
      detail: `A sound footer stands at byte ${formatCount(footer.offset)}, and ${formatBytes(fileSizeBytes - end)} ${fileSizeBytes - end === 1 ? 'follows' : 'follow'} it.`,
      likelyCause: bytesShifted(context),
    };
  },
};
