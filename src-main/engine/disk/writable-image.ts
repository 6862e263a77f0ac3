import { AppError } from '../../../src-shared/errors';
import { FOOTER_HIDDEN_OFFSET, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { VhdMetadata } from './metadata';
import type { LocatedFooter } from './locate-footers';

/**
 * Writing needs metadata that leaves no doubt: sound footers that say the same and a sound header. Anything else
 * has to be repaired first; a block written by a doubtful table could land on another.
 * @returns the footer at the end of the file.
 * @throws AppError `too-damaged`, saying what is in doubt.
 */
export function requireSoundMetadata(metadata: VhdMetadata, path: string): LocatedFooter {
  const { footer, footerCopy, header, bat, type } = metadata;
  const doubt = (what: string): AppError =>
    new AppError('too-damaged', `"${path}" ${what}, so nothing is written to it.`, {
      context: { path },
      hint: 'Check it, repair it, and try again.',
      unchanged: 'Nothing was written.',
    });
  if (footer?.position !== 'end') throw doubt('has no footer at its end');
  if (!footer.cookieValid || !footer.checksum.valid) throw doubt('has a damaged footer');
  if (type === 'fixed') return footer;
  if (!footerCopy?.cookieValid || !footerCopy.checksum.valid) throw doubt('has a damaged footer copy');
  if (!isSameFooter(footer.bytes, footerCopy.bytes))
    throw doubt('has a footer and a footer copy that differ');
  if (!header?.cookieValid || !header.checksum.valid) throw doubt('has a damaged dynamic disk header');
  if (!bat || bat.offset % SECTOR_SIZE_BYTES !== 0) throw doubt('has no BAT at a sector boundary');
  return footer;
}

/** COMPAT(blktap): sets its hidden flag in one of the two first; it and the checksum may differ. */
function isSameFooter(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, at) => byte === b[at] || at === FOOTER_HIDDEN_OFFSET || (at >= 64 && at < 68));
}
