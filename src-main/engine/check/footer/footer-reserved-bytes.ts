import { FOOTER_HIDDEN_OFFSET } from '../../../../src-shared/vhd/constants';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';
import { isHiddenFlag } from './footer-hidden';

export const footerReservedBytes: Rule = {
  code: 'footer-reserved-bytes',
  severity: 'warning',
  area: 'footer',
  level: 'quick',
  title: 'Reserved bytes of the footer are not zero',
  explanation:
    'The rest of the footer is reserved and must be zero. 7-Zip, Xen and DiscUtils refuse the image; others do not look.',
  hint: 'Clear the reserved bytes if nothing relies on them, and recompute the checksum.',
  source: 'spec: Hard Disk Footer Format, Reserved',
  repair: 'choice',
  run: ({ metadata: { active } }) => {
    if (!active) return null;
    const reserved = active.bytes.subarray(FOOTER_HIDDEN_OFFSET + (isHiddenFlag(active) ? 1 : 0));
    const count = reserved.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
    if (count === 0) return null;
    return footerFieldDraft(active, reserved.slice(-426).some((byte) => byte !== 0) ? 'reserved' : 'hidden', {
      expected: 'zeros',
      detail: `${count} of the ${reserved.length} reserved bytes ${count === 1 ? 'is' : 'are'} not zero.`,
      likelyCause: causeOf(active.fields.creatorApplication, reserved),
    });
  },
};

function causeOf(creator: string, reserved: Uint8Array): string | null {
  if (creator === 'simh')
    return 'SIMH keeps the drive type, its sector size and the name of the simulator here.';
  if (reserved[reserved.length - 2] === 0x55 && reserved[reserved.length - 1] === 0xaa)
    return 'The end of a boot sector was left in the buffer that the footer was written from, as some Windows versions do.';
  return null;
}
