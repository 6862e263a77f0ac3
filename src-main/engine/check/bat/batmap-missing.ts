import { footerFieldDraft } from '../build-finding';
import { formatCreatorVersion } from '../../../../src-shared/vhd/names';
import type { Rule } from '../rule';

/** COMPAT(blktap): from this version on it takes a batmap for granted. */
const ALWAYS_WITH_BATMAP = 0x0001_0002;

export const batmapMissing: Rule = {
  code: 'batmap-missing',
  severity: 'warning',
  area: 'bat',
  level: 'quick',
  title: 'The image names Xen as its creator but has no batmap',
  explanation:
    'blktap takes for granted that every image of its own version 1.2 and later has a batmap behind the BAT, and cannot use the image without one. Another program wrote the image under the name of Xen.',
  hint: 'Name another creator if Xen is not to use the image, or let Xen copy it from a program that understands it.',
  source: 'blktap: libvhd.c, vhd_has_batmap',
  repair: 'choice',
  run: ({ metadata: { active, type, header }, facts }) =>
    active?.fields.creatorApplication === 'tap\0' &&
    active.fields.creatorVersion >= ALWAYS_WITH_BATMAP &&
    type !== 'fixed' &&
    header &&
    !facts.batmap
      ? footerFieldDraft(active, 'creatorApplication', {
          found: `tap ${formatCreatorVersion(active.fields.creatorVersion)}`,
          detail: 'There is no batmap on the sector behind the BAT.',
          likelyCause: 'Xen Orchestra copies such images without their batmap.',
        })
      : null,
};
