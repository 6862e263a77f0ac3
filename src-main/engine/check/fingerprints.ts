import path from 'node:path';
import {
  BAT_ENTRY_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
  UNUSED_OFFSET_32_BIT,
} from '../../../src-shared/vhd/constants';
import { formatBytes, formatCount } from '../../../src-shared/vhd/format-size';
import { describeMissing, missingPieceOf } from '../chain';
import type { CheckContext } from './context';

/**
 * Known accidents by the traces they leave. Each returns the likely cause in a sentence, or null. Evidence: the tool's
 * source or a thread about it, as named; the corpus holds images that the tools themselves damaged.
 */

/** COMPAT(qemu before 1.x): the trailing footer was rewritten with checksum 0 on every block allocation (K§2.4). */
export function oldQemuZeroChecksum({ metadata: { footer, footerCopy } }: CheckContext): string | null {
  if (!footer || !footerCopy?.checksum.valid || footer.checksum.stored !== 0) return null;
  const isOtherwiseEqual = footer.bytes.every(
    (byte, at) => (at >= 64 && at < 68) || byte === footerCopy.bytes[at],
  );
  return isOtherwiseEqual
    ? 'An old QEMU wrote this footer: it left the checksum at zero each time the image grew. Nothing else differs from the intact copy.'
    : null;
}

/** COMPAT(virtualbox 7): `modifymedium --resize` of an empty dynamic disk writes the old footer into the new BAT. */
export function virtualBoxEmptyResize({ metadata, facts }: CheckContext): string | null {
  const { active, fileSizeBytes, bat } = metadata;
  if (active?.fields.creatorApplication !== 'vbox' || !facts.bat || !bat) return null;
  const hasFooterInTable = bat.entries.someUsed((sector) => sector === 0x636f6e65); // "cone" of "conectix"
  const isShort = fileSizeBytes < facts.bat.end + SECTOR_SIZE_BYTES;
  return hasFooterInTable || isShort
    ? 'VirtualBox resized this disk while it was empty: it overwrote the middle of the new BAT with the old footer and wrote no new one.'
    : null;
}

/** A piece of a split set that is not there: what it held seems cut off. */
async function missingPiece({ file, metadata }: CheckContext): Promise<string | null> {
  const missing = metadata.footer?.position === 'end' ? null : await missingPieceOf(file.path);
  return missing === null
    ? null
    : `This is a split set, and its piece "${path.basename(missing)}" ${await describeMissing(missing)}: with all pieces in one folder it may be whole.`;
}

/** A copy or download that stopped: blocks lie behind the end of the file, and the footer with them. */
export async function cutOffDownload(context: CheckContext): Promise<string | null> {
  const { metadata, bat } = context;
  const inPieces = await missingPiece(context);
  if (inPieces !== null) return inPieces;
  if (metadata.footer || !bat || bat.allocatedCount === 0) return null;
  if (bat.blocksEndOffset <= metadata.fileSizeBytes) return null;
  const isSound = bat.inMetadata.count === 0 && bat.overlapping.count === 0;
  return isSound
    ? `The file was cut off at byte ${formatCount(metadata.fileSizeBytes)}: a download or copy stopped, or the disk was full. At least ${formatBytes(bat.blocksEndOffset + SECTOR_SIZE_BYTES - metadata.fileSizeBytes)} are missing.`
    : null;
}

/** COMPAT(blktap): `vhd-util fill -b` leaves the last block without its tail and writes no footer behind it. */
export function vhdUtilFill({ metadata, bat }: CheckContext): string | null {
  if (metadata.footer || metadata.active?.fields.creatorApplication !== 'tap\0' || !bat) return null;
  return bat.cutOff.count === 1 && bat.allocatedCount === bat.entries.length && bat.entries.length > 0
    ? '"vhd-util fill -b" ended before the last block was whole and wrote no footer behind it.'
    : null;
}

/** A crash between the data of a new last block and the footer behind it. */
export function footerOverwrittenByBlock({ metadata, bat }: CheckContext): string | null {
  if (metadata.footer || !metadata.footerCopy || !bat || bat.allocatedCount === 0) return null;
  const missing = bat.blocksEndOffset - metadata.fileSizeBytes;
  return missing === 0
    ? 'The file ends exactly behind its last block: the program that made the image grow stopped before it wrote the footer.'
    : null;
}

/** COMPAT(dosbox-x before #4218): blocks 4096 sectors apart instead of 4097, each bitmap over the last sector before it. */
export function dosboxStride({ bat, facts }: CheckContext): string | null {
  if (!bat || facts.blockSizeBytes === null || bat.placed.count < 2) return null;
  const dataSectors = facts.blockSizeBytes / SECTOR_SIZE_BYTES;
  let previous: number | null = null;
  for (const { sectors } of bat.inFileOrder()) {
    for (const sector of sectors) {
      if (previous !== null && sector - previous !== dataSectors) return null;
      previous = sector;
    }
  }
  return 'DOSBox-X laid the blocks one sector too close together (its issue 4218): the bitmap of each block lies on the last sector of the block before, which cannot be recovered.';
}

/** COMPAT(go-vhd): rounds the number of BAT entries down. */
export function goVhdShortTable({ metadata, facts }: CheckContext): string | null {
  const entries = metadata.header?.fields.maxTableEntries;
  if (entries === undefined || facts.neededEntries === null || facts.blockSizeBytes === null) return null;
  const isFloor = entries === Math.floor((facts.currentSizeBytes ?? 0) / facts.blockSizeBytes);
  return entries + 1 === facts.neededEntries && isFloor
    ? 'go-vhd or a program with the same mistake made this image: it rounds the number of BAT entries down, so that the last part of the disk has none.'
    : null;
}

/** COMPAT(go-vhd): writes the first 2560 bytes of any BAT and a file of 8 KiB. */
export function goVhdTruncatedTable({ metadata }: CheckContext): string | null {
  return metadata.active?.fields.creatorApplication === 'go-v'
    ? 'go-vhd writes only the first 2,560 bytes of the BAT, however large the disk; disks above 1.25 GiB made by it are broken from the start.'
    : null;
}

/** COMPAT(qemu before 2.x): writes only the low half of "unused" and one BAT entry too many. */
export function oldQemuHeader({ metadata: { header, active } }: CheckContext): string | null {
  return header?.fields.dataOffset === UNUSED_OFFSET_32_BIT ||
    active?.fields.dataOffset === UNUSED_OFFSET_32_BIT
    ? 'A program that takes the specification at its word wrote only 32 of the 64 bits, as old QEMU did.'
    : null;
}

/** A file in which line ends were translated: every 0x0D 0x0A lost its first byte, or got one. */
export function bytesShifted({ metadata }: CheckContext): string | null {
  const rest = metadata.fileSizeBytes % SECTOR_SIZE_BYTES;
  return metadata.footer?.position === 'displaced' && rest !== 0 && rest <= BAT_ENTRY_SIZE_BYTES
    ? `${formatBytes(rest)} were appended behind the footer, as text tools and some transfers do.`
    : null;
}
