import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { VirtualDisk } from '../disk/virtual-disk';
import { readGuest } from './guest-reader';

export interface FileSystemFacts {
  readonly name: string;
  /** What the file system itself says it spans, in bytes; null where it does not say or is not asked. */
  readonly sizeBytes: number | null;
}

/** Enough for every signature below: the farthest is btrfs' at 64 KiB + 64. */
const HEAD_BYTES = 68 * 1024;

interface Signature {
  readonly name: string;
  readonly offset: number;
  /** ISO 8859-1 text. */
  readonly bytes: string;
  readonly size?: (head: Buffer) => number | null;
}

const SIGNATURES: readonly Signature[] = [
  { name: 'NTFS', offset: 3, bytes: 'NTFS    ', size: ntfsBytes },
  { name: 'exFAT', offset: 3, bytes: 'EXFAT   ', size: exFatBytes },
  { name: 'ReFS', offset: 3, bytes: 'ReFS\0\0\0\0' },
  { name: 'BitLocker', offset: 3, bytes: '-FVE-FS-' },
  { name: 'FAT32', offset: 82, bytes: 'FAT32   ', size: fatBytes },
  { name: 'FAT16', offset: 54, bytes: 'FAT16   ', size: fatBytes },
  { name: 'FAT12', offset: 54, bytes: 'FAT12   ', size: fatBytes },
  { name: 'XFS', offset: 0, bytes: 'XFSB', size: xfsBytes },
  { name: 'squashfs', offset: 0, bytes: 'hsqs' },
  { name: 'LUKS', offset: 0, bytes: 'LUKS\xba\xbe' },
  { name: 'APFS', offset: 32, bytes: 'NXSB' },
  { name: 'LVM', offset: 512, bytes: 'LABELONE' },
  { name: 'HFS+', offset: 1024, bytes: 'H+\0\x04' },
  { name: 'HFSX', offset: 1024, bytes: 'HX\0\x05' },
  { name: 'Linux swap', offset: 4086, bytes: 'SWAPSPACE2' },
  { name: 'ISO 9660', offset: 32769, bytes: 'CD001' },
  { name: 'btrfs', offset: 65600, bytes: '_BHRfS_M' },
];

/** The file system that begins at guest offset `offset`, known by its signature; null where none is. */
export async function recogniseFileSystem(
  disk: VirtualDisk,
  offset: number,
  lengthBytes: number,
): Promise<FileSystemFacts | null> {
  const length = Math.min(HEAD_BYTES, lengthBytes, disk.sizeBytes - offset);
  const head = length > 0 ? await readGuest(disk, offset, length) : null;
  return head ? recogniseHead(head) : null;
}

/** The same from the first bytes of a partition. */
export function recogniseHead(head: Buffer): FileSystemFacts | null {
  for (const { name, offset, bytes, size } of SIGNATURES) {
    const end = offset + bytes.length;
    if (head.length >= end && head.toString('latin1', offset, end) === bytes) {
      return { name, sizeBytes: size && head.length >= SECTOR_SIZE_BYTES ? size(head) : null };
    }
  }
  return recogniseExt(head);
}

const safe = (value: number): number | null => (Number.isSafeInteger(value) && value > 0 ? value : null);

function ntfsBytes(head: Buffer): number | null {
  // The volume's last sector, a copy of its boot sector, is not counted by the field.
  return safe((Number(head.readBigUInt64LE(40)) + 1) * head.readUInt16LE(11));
}

function exFatBytes(head: Buffer): number | null {
  return safe(Number(head.readBigUInt64LE(72)) * 2 ** Math.min(head.readUInt8(108), 12));
}

function fatBytes(head: Buffer): number | null {
  return safe((head.readUInt16LE(19) || head.readUInt32LE(32)) * head.readUInt16LE(11));
}

function xfsBytes(head: Buffer): number | null {
  return safe(head.readUInt32BE(4) * Number(head.readBigUInt64BE(8)));
}

const EXT_SUPERBLOCK_OFFSET = 1024;

function recogniseExt(head: Buffer): FileSystemFacts | null {
  const at = EXT_SUPERBLOCK_OFFSET;
  if (head.length < at + 104 || head.readUInt16LE(at + 56) !== 0xef53) return null;
  const hasJournal = (head.readUInt32LE(at + 92) & 0x4) !== 0;
  const hasExtents = (head.readUInt32LE(at + 96) & 0x40) !== 0;
  const blockBytes = 1024 * 2 ** Math.min(head.readUInt32LE(at + 24), 6);
  return {
    name: hasExtents ? 'ext4' : hasJournal ? 'ext3' : 'ext2',
    sizeBytes: safe(head.readUInt32LE(at + 4) * blockBytes),
  };
}
