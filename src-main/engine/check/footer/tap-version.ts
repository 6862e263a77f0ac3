import { formatCreatorVersion } from '../../../../src-shared/vhd/names';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

/** Newest version of blktap that is known. */
const NEWEST = 0x0001_0003;
const LITTLE_ENDIAN_BITMAPS = 0x0000_0001;

export const tapVersion: Rule = {
  code: 'tap-version',
  severity: 'warning',
  severities: ['warning', 'error'],
  area: 'footer',
  level: 'quick',
  title: 'The version of Xen that made the image is not one that is known',
  explanation:
    'Images of blktap 0.1 have sector bitmaps with the bits in the wrong order: read as they stand, sectors come from the wrong side. Versions beyond 1.3 are unknown, and Xen refuses them.',
  hint: 'Convert an image of blktap 0.1 into a new one with the bits turned round.',
  source: 'blktap: vhd.h, creator versions',
  repair: 'none',
  run: ({ metadata: { active, type } }) => {
    if (active?.fields.creatorApplication !== 'tap\0') return null;
    const version = active.fields.creatorVersion;
    const isOld = version <= LITTLE_ENDIAN_BITMAPS && type !== 'fixed';
    if (!isOld && version <= NEWEST) return null;
    return footerFieldDraft(active, 'creatorVersion', {
      severity: isOld ? 'error' : 'warning',
      found: formatCreatorVersion(version),
      detail: isOld
        ? `blktap ${formatCreatorVersion(version)} wrote the bits of its sector bitmaps in the opposite order.`
        : `The creator is blktap ${formatCreatorVersion(version)}.`,
    });
  },
};
