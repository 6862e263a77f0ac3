import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { formatCount } from '../../../src-shared/vhd/format-size';
import type { VirtualDisk } from '../disk/virtual-disk';
import type { ContentProblem } from './content-problem';
import { readGuest } from './guest-reader';

export interface MbrPartition {
  /** From 1; logical partitions from 5. */
  readonly index: number;
  readonly typeCode: number;
  readonly offset: number;
  readonly length: number;
}

export interface Mbr {
  readonly partitions: readonly MbrPartition[];
  /** A 0xEE entry: the disk is described by a GPT. */
  readonly protective: boolean;
  readonly problems: readonly ContentProblem[];
}

const ENTRY_OFFSET = 446;
const ENTRY_BYTES = 16;
const EXTENDED_TYPES: readonly number[] = [0x05, 0x0f, 0x85];
const PROTECTIVE_TYPE = 0xee;
/** Logical partitions followed at most; a chain of extended boot records can loop. */
const LOGICAL_MAX = 128;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  0x01: 'FAT12',
  0x04: 'FAT16',
  0x05: 'extended',
  0x06: 'FAT16',
  0x07: 'NTFS or exFAT',
  0x0b: 'FAT32',
  0x0c: 'FAT32 (LBA)',
  0x0e: 'FAT16 (LBA)',
  0x0f: 'extended (LBA)',
  0x27: 'Windows recovery',
  0x82: 'Linux swap',
  0x83: 'Linux',
  0x85: 'Linux extended',
  0x8e: 'Linux LVM',
  0xa5: 'FreeBSD',
  0xa8: 'Apple UFS',
  0xaf: 'Apple HFS',
  0xee: 'GPT protective',
  0xef: 'EFI system',
  0xfd: 'Linux RAID',
};

export const describeMbrType = (code: number): string =>
  TYPE_NAMES[code] ?? `type 0x${code.toString(16).padStart(2, '0')}`;

interface RawEntry {
  readonly status: number;
  readonly typeCode: number;
  readonly startSector: number;
  readonly sectors: number;
}

/** The master boot record of the disk; null where sector 0 holds none (a boot sector of a file system is none). */
export async function readMbr(disk: VirtualDisk): Promise<Mbr | null> {
  const sector = await readGuest(disk, 0, SECTOR_SIZE_BYTES);
  if (!sector || !hasSignature(sector)) return null;
  const entries = entriesOf(sector);
  const used = entries.filter((entry) => entry.typeCode !== 0 && entry.sectors > 0);
  // A FAT or NTFS boot sector ends in the same signature; there the table's bytes are code and fit no table.
  if (entries.some((entry) => (entry.status & 0x7f) !== 0) || used.length === 0) return null;
  const partitions: MbrPartition[] = [];
  const problems: ContentProblem[] = [];
  for (const [position, entry] of entries.entries()) {
    if (entry.typeCode === 0 || entry.sectors === 0) continue;
    partitions.push(toPartition(position + 1, entry, 0));
    if (EXTENDED_TYPES.includes(entry.typeCode)) {
      await collectLogical(disk, entry.startSector, partitions, problems);
    }
  }
  return { partitions, protective: used.some((entry) => entry.typeCode === PROTECTIVE_TYPE), problems };
}

const hasSignature = (sector: Buffer): boolean => sector.readUInt16LE(510) === 0xaa55;

function entriesOf(sector: Buffer): RawEntry[] {
  return [0, 1, 2, 3].map((position) => {
    const at = ENTRY_OFFSET + position * ENTRY_BYTES;
    return {
      status: sector.readUInt8(at),
      typeCode: sector.readUInt8(at + 4),
      startSector: sector.readUInt32LE(at + 8),
      sectors: sector.readUInt32LE(at + 12),
    };
  });
}

function toPartition(index: number, entry: RawEntry, baseSector: number): MbrPartition {
  return {
    index,
    typeCode: entry.typeCode,
    offset: (baseSector + entry.startSector) * SECTOR_SIZE_BYTES,
    length: entry.sectors * SECTOR_SIZE_BYTES,
  };
}

async function collectLogical(
  disk: VirtualDisk,
  extendedSector: number,
  partitions: MbrPartition[],
  problems: ContentProblem[],
): Promise<void> {
  const seen = new Set<number>();
  let recordSector = extendedSector;
  for (let index = 5; index < 5 + LOGICAL_MAX; index += 1) {
    if (seen.has(recordSector)) {
      problems.push(brokenAt(recordSector, 'The chain of extended boot records loops.'));
      return;
    }
    seen.add(recordSector);
    const sector = await readGuest(disk, recordSector * SECTOR_SIZE_BYTES, SECTOR_SIZE_BYTES);
    if (!sector || !hasSignature(sector)) {
      problems.push(
        brokenAt(
          recordSector,
          `The extended boot record at sector ${formatCount(recordSector)} cannot be read.`,
        ),
      );
      return;
    }
    const [logical, next] = entriesOf(sector);
    if (logical && logical.typeCode !== 0 && logical.sectors > 0)
      partitions.push(toPartition(index, logical, recordSector));
    if (!next || next.typeCode === 0 || next.sectors === 0) return;
    recordSector = extendedSector + next.startSector;
  }
}

const brokenAt = (sector: number, text: string): ContentProblem => ({
  kind: 'extended-broken',
  text,
  guest: { offset: sector * SECTOR_SIZE_BYTES, length: SECTOR_SIZE_BYTES },
});
