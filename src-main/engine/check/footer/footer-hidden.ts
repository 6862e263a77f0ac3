import { footerFieldDraft } from '../build-finding';
import type { LocatedFooter } from '../../disk/locate-footers';
import type { Rule } from '../rule';

/** Other values in images of other programs are leftovers in reserved bytes, not the flag. */
export const isHiddenFlag = ({ fields }: LocatedFooter): boolean =>
  fields.hidden === 1 || (fields.hidden !== 0 && fields.creatorApplication === 'tap\0');

export const footerHidden: Rule = {
  code: 'footer-hidden',
  severity: 'warning',
  area: 'footer',
  level: 'quick',
  title: 'The image is hidden by Xen',
  explanation:
    'blktap uses the first reserved byte as a flag for disks that are only there as parents of others. To everybody else it is a reserved byte that must be zero: 7-Zip and DiscUtils refuse the image.',
  hint: 'Clear the flag only if no Xen host uses this image any more.',
  source: 'blktap: vhd.h, hidden',
  repair: 'choice',
  run: ({ metadata: { active } }) =>
    active && isHiddenFlag(active)
      ? footerFieldDraft(active, 'hidden', {
          found: String(active.fields.hidden),
          expected: '0',
          detail:
            active.fields.hidden === 1
              ? 'The hidden flag is set.'
              : `The byte of the hidden flag holds ${active.fields.hidden}, which not even Xen knows.`,
          likelyCause:
            active.fields.hidden === 1
              ? 'Xen hid this disk: a snapshot or clone was made of it, or it waits to be merged.'
              : null,
        })
      : null,
};
