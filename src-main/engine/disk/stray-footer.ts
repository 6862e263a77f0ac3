import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { BlockAllocationTable } from '../format';
import type { LocatedFooters } from './locate-footers';

/**
 * A footer that bytes follow is the image's own only where it lies behind the BAT and all blocks: within them it is an
 * old footer that something was written around, or guest content (a VHD inside the disk). The copy decides then.
 * COMPAT(virtualbox 7): resizing an empty disk leaves the old footer in the middle of the new BAT.
 */
export function isStrayFooter(
  { footer, footerCopy }: Pick<LocatedFooters, 'footer' | 'footerCopy'>,
  bat: BlockAllocationTable,
  blockSizeBytes: number,
): boolean {
  if (footer?.position !== 'displaced' || !footerCopy?.checksum.valid) return false;
  const needed = Math.ceil(
    (footerCopy.fields.currentSizeBytes ?? 0) / Math.max(blockSizeBytes, SECTOR_SIZE_BYTES),
  );
  const entries = Math.min(bat.claimedEntries, needed);
  return footer.offset < bat.offset + entries * 4 || isInBlock(footer.offset, bat, blockSizeBytes);
}

function isInBlock(
  offset: number,
  { entries }: Pick<BlockAllocationTable, 'entries'>,
  blockSizeBytes: number,
): boolean {
  return entries.someUsed((sector) => {
    const start = sector * SECTOR_SIZE_BYTES;
    return offset >= start && offset < start + blockSizeBytes;
  });
}
