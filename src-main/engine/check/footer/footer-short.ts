import { formatBytes } from '../../../../src-shared/vhd/format-size';
import type { Rule } from '../rule';

export const footerShort: Rule = {
  code: 'footer-short',
  severity: 'note',
  area: 'footer',
  level: 'quick',
  title: 'The footer has 511 bytes',
  explanation:
    'Virtual PC before 2004 wrote a footer one byte short: the last reserved byte is absent. That is legal, but several programs look for 512 bytes and do not find it.',
  hint: 'Append the one zero byte that is missing.',
  source: 'spec: Hard Disk Footer Format',
  repair: 'automatic',
  run: ({ metadata: { footer, fileSizeBytes } }) =>
    footer?.lengthBytes === 511
      ? {
          where: { structure: 'footer', offset: footer.offset, length: 511 },
          detail: `The footer begins 511 bytes before the end of the file (${formatBytes(fileSizeBytes)}).`,
          likelyCause: 'Virtual PC before 2004 made this image.',
        }
      : null,
};
