import type { Rule } from '../rule';
import {
  cutOffDownload,
  footerOverwrittenByBlock,
  vhdUtilFill,
  virtualBoxEmptyResize,
} from '../fingerprints';

const COPY_DECIDES = 'The copy at the start is there, and it can be put back from that.';

export const footerMissing: Rule = {
  code: 'footer-missing',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The footer at the end of the file is missing',
  explanation:
    'Every VHD ends with a footer that says what the image is. Many programs look only there and refuse the file without it.',
  hint: 'Restore the footer from its copy at the start of the file; without a copy, rebuild it from what the rest of the file says.',
  source: 'spec: Hard Disk Footer Format',
  repair: 'automatic',
  run: async (context) => {
    const { metadata } = context;
    if (metadata.footer) return null;
    const copyIsSound = metadata.footerCopy?.checksum.valid === true && metadata.footerCopy.cookieValid;
    const last = Math.min(512, metadata.fileSizeBytes);
    return {
      where: { structure: 'footer', offset: metadata.fileSizeBytes - last, length: last },
      detail: metadata.footerCopy
        ? `The last 512 bytes of the file are no footer. ${copyIsSound ? COPY_DECIDES : 'Its copy at the start is damaged too.'}`
        : 'Neither the end nor the start of the file holds a footer; only the dynamic disk header was found.',
      repair: copyIsSound ? 'automatic' : 'choice',
      likelyCause:
        virtualBoxEmptyResize(context) ??
        vhdUtilFill(context) ??
        (await cutOffDownload(context)) ??
        footerOverwrittenByBlock(context),
      evidence: [{ field: 'cookie', expected: 'conectix' }],
    };
  },
};
