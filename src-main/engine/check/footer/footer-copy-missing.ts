import type { Rule } from '../rule';

export const footerCopyMissing: Rule = {
  code: 'footer-copy-missing',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The copy of the footer at the start of the file is missing',
  explanation:
    'Dynamic and differencing images begin with a copy of the footer. QEMU reads only that copy and refuses the image without it.',
  hint: 'Write the copy again from the footer at the end of the file.',
  source: 'spec: Dynamic Disk Header Format',
  repair: 'automatic',
  run: ({ metadata }) => {
    const { footer, footerCopy, header, type } = metadata;
    if (footerCopy || type === 'fixed' || (type === null && !header)) return null;
    const isSound = footer?.checksum.valid === true && footer.cookieValid;
    return {
      ...(footer
        ? {}
        : {
            hint: 'There is no footer to copy it from: look at the repairs offered, or let "platter rescue" build a new image from what can be found.',
          }),
      where: { structure: 'footerCopy', offset: 0, length: 512 },
      detail: footer
        ? `The first 512 bytes are no footer${isSound ? `; the one at the end is sound (unique id ${footer.fields.uniqueId})` : ', and the one at the end is damaged'}.`
        : 'Neither the start nor the end of the file holds a footer.',
      repair: isSound ? 'automatic' : 'choice',
      evidence: [{ field: 'cookie', expected: 'conectix' }],
    };
  },
};
