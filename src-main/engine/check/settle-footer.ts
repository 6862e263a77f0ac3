import { BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { diskTypeFromCode } from '../../../src-shared/vhd/disk-type';
import type { VhdMetadata } from '../disk/metadata';

/**
 * A footer that bytes follow is the image's own only where it lies behind the BAT and all blocks: within them it is an
 * old footer that something was written around, or guest content (a VHD inside the disk). The copy decides then.
 * COMPAT(virtualbox 7): resizing an empty disk leaves the old footer in the middle of the new BAT.
 */
export function settleFooter(metadata: VhdMetadata): VhdMetadata {
  const { footer, footerCopy, header, bat } = metadata;
  if (footer?.position !== 'displaced' || !footerCopy?.checksum.valid || !header || !bat) return metadata;
  const blockSize = header.fields.blockSizeBytes;
  const entries = Math.min(
    bat.claimedEntries,
    Math.ceil((footerCopy.fields.currentSizeBytes ?? 0) / Math.max(blockSize, SECTOR_SIZE_BYTES)),
  );
  if (footer.offset >= bat.offset + entries * 4 && !isInBlock(footer.offset, bat.entries, blockSize))
    return metadata;
  return {
    ...metadata,
    footer: null,
    active: footerCopy,
    type: diskTypeFromCode(footerCopy.fields.diskTypeCode),
  };
}

function isInBlock(offset: number, entries: Uint32Array, blockSizeBytes: number): boolean {
  for (const sector of entries) {
    if (sector === BAT_UNUSED) continue;
    const start = sector * SECTOR_SIZE_BYTES;
    if (offset >= start && offset < start + blockSizeBytes) return true;
  }
  return false;
}
