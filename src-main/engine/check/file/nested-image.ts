import { parseFooter } from '../../format';
import { ownCopyInContent } from '../footer/disk-type-contradicted';
import type { Rule } from '../rule';

export const nestedImage: Rule = {
  code: 'nested-image',
  severity: 'warning',
  area: 'file',
  level: 'quick',
  title: 'The content of the fixed disk begins with a footer',
  explanation:
    'The first sector of the disk looks like the start of a dynamic VHD: a VHD inside a VHD, or a dynamic VHD that was taken for raw content. QEMU and 7-Zip look there first and take it for the image itself.',
  hint: 'If the inner image is what is wanted, cut the outer footer off a copy and open that.',
  source: 'QEMU: block/vpc.c; 7-Zip: VhdHandler.cpp',
  repair: 'none',
  run: (context) => {
    const { metadata, facts } = context;
    if (ownCopyInContent(context)) return null;
    if (metadata.type !== 'fixed' || facts.firstSector.length < 512 || facts.currentSizeBytes === 0)
      return null;
    const inner = parseFooter(facts.firstSector);
    if (!inner.cookieValid) return null;
    return {
      where: { structure: 'file', offset: 0, length: 512 },
      guestRanges: [{ offset: 0, length: 512 }],
      detail: `The first sector of the content begins with "conectix"${inner.checksum.valid ? ` and is a sound footer (${inner.type ?? 'of an unknown type'})` : ''}.`,
      likelyCause:
        inner.checksum.valid && inner.type !== 'fixed'
          ? 'A dynamic VHD was converted as if it were raw.'
          : null,
    };
  },
};
