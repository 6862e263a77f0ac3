import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { formatCount } from '../../../src-shared/vhd/format-size';
import { decodeUtf16Le, trimAtNul } from '../../../src-shared/vhd/text';
import type { VirtualDisk } from '../disk/virtual-disk';
import type { ContentProblem } from './content-problem';
import { crc32 } from './crc32';
import { readGuest } from './guest-reader';

export interface GptPartition {
  readonly index: number;
  /** Lower-case 8-4-4-4-12, in GPT's mixed byte order. */
  readonly typeId: string;
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export interface Gpt {
  readonly source: 'primary' | 'backup';
  readonly partitions: readonly GptPartition[];
  /** Where the backup's entries begin; null where there is no sound backup. */
  readonly backupOffset: number | null;
  readonly problems: readonly ContentProblem[];
}

interface Header {
  readonly sector: number;
  readonly alternateSector: number;
  readonly entriesSector: number;
  readonly entries: Buffer;
  readonly entryBytes: number;
  readonly partitionCount: number;
}

/** Bytes of a partition array read at most: 1 MiB, eight times the usual. */
const ENTRIES_BYTES_MAX = 1024 * 1024;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  'c12a7328-f81f-11d2-ba4b-00a0c93ec93b': 'EFI system',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae': 'Microsoft reserved',
  'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7': 'Basic data',
  'de94bba4-06d1-4d40-a16a-bfd50179d6ac': 'Windows recovery',
  '0fc63daf-8483-4772-8e79-3d69d8477de4': 'Linux',
  '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f': 'Linux swap',
  'e6d6d379-f507-44c2-a23c-238f2a3df928': 'Linux LVM',
  'a19d880f-05fc-4d3b-a006-743f0f84911e': 'Linux RAID',
  '4f68bce3-e8cd-4db1-96e7-fbcaf984b709': 'Linux root (x86-64)',
  '21686148-6449-6e6f-744e-656564454649': 'BIOS boot',
  '48465300-0000-11aa-aa11-00306543ecac': 'Apple HFS+',
  '7c3457ef-0000-11aa-aa11-00306543ecac': 'Apple APFS',
  '516e7cb6-6ecf-11d6-8ff8-00022d09712b': 'FreeBSD UFS',
};

export const describeGptType = (typeId: string): string => TYPE_NAMES[typeId] ?? `type ${typeId}`;

/** The GPT of the disk, from its primary header or, where that is broken, from the backup in the last sector; null for none. */
export async function readGpt(disk: VirtualDisk): Promise<Gpt | null> {
  const lastSector = Math.floor(disk.sizeBytes / SECTOR_SIZE_BYTES) - 1;
  const primary = await headerAt(disk, 1);
  const backup = await headerAt(disk, primary?.alternateSector ?? lastSector);
  const chosen = primary ?? backup;
  if (!chosen) return null;
  return {
    source: primary ? 'primary' : 'backup',
    partitions: partitionsOf(chosen),
    backupOffset: backup ? Math.min(backup.entriesSector, backup.sector) * SECTOR_SIZE_BYTES : null,
    problems: problemsOf(primary, backup, lastSector),
  };
}

/** Whether the second or the last sector begins as the header of a GPT does; sound or not, it is one to the guest. */
export async function hasGpt(disk: VirtualDisk): Promise<boolean> {
  const lastSector = Math.floor(disk.sizeBytes / SECTOR_SIZE_BYTES) - 1;
  for (const sector of [1, lastSector]) {
    const bytes = await readGuest(disk, sector * SECTOR_SIZE_BYTES, SECTOR_SIZE_BYTES);
    if (bytes?.toString('latin1', 0, 8) === 'EFI PART') return true;
  }
  return false;
}

function problemsOf(primary: Header | null, backup: Header | null, lastSector: number): ContentProblem[] {
  const problems: ContentProblem[] = [];
  if (!primary) {
    const text = 'The primary GPT is missing or damaged; the backup was used.';
    problems.push({ kind: 'gpt-primary-damaged', text, guest: sectorAt(1) });
  }
  if (primary && !backup) {
    const { alternateSector } = primary;
    const place =
      alternateSector > lastSector
        ? ` It should be in sector ${formatCount(alternateSector)}, and the last sector of the disk is ${formatCount(lastSector)}.`
        : '';
    problems.push({
      kind: 'gpt-backup-missing',
      text: `The backup GPT is missing or damaged.${place}`,
      guest: sectorAt(alternateSector),
      foundBytes: alternateSector * SECTOR_SIZE_BYTES,
      expectedBytes: lastSector * SECTOR_SIZE_BYTES,
    });
  }
  if (backup && backup.sector !== lastSector) {
    problems.push({
      kind: 'gpt-backup-displaced',
      text: 'The backup GPT is not in the last sector of the disk.',
      guest: sectorAt(backup.sector),
      foundBytes: backup.sector * SECTOR_SIZE_BYTES,
      expectedBytes: lastSector * SECTOR_SIZE_BYTES,
    });
  }
  return problems;
}

const sectorAt = (sector: number): { offset: number; length: number } => ({
  offset: sector * SECTOR_SIZE_BYTES,
  length: SECTOR_SIZE_BYTES,
});

/** Where the header of a GPT stands on a disk whose sectors have 4,096 bytes: its second sector. */
const LARGE_SECTOR_BYTES = 4096;

/** A GPT that was written for sectors of 4,096 bytes; nobody finds it on a disk of 512. */
export async function hasLargeSectorGpt(disk: VirtualDisk): Promise<boolean> {
  const bytes = await readGuest(disk, LARGE_SECTOR_BYTES, SECTOR_SIZE_BYTES);
  // its own number is 1 in sectors of 4,096 bytes, and 8 where a guest of 512 keeps a copy there
  return bytes?.toString('latin1', 0, 8) === 'EFI PART' && bytes.readBigUInt64LE(24) === 1n;
}

async function headerAt(disk: VirtualDisk, sector: number): Promise<Header | null> {
  const bytes = await readGuest(disk, sector * SECTOR_SIZE_BYTES, SECTOR_SIZE_BYTES);
  if (!bytes || bytes.toString('latin1', 0, 8) !== 'EFI PART') return null;
  const headerBytes = bytes.readUInt32LE(12);
  if (headerBytes < 92 || headerBytes > SECTOR_SIZE_BYTES) return null;
  const counted = Buffer.from(bytes.subarray(0, headerBytes));
  counted.writeUInt32LE(0, 16);
  if (crc32(counted) !== bytes.readUInt32LE(16)) return null;
  const entriesSector = Number(bytes.readBigUInt64LE(72));
  const partitionCount = bytes.readUInt32LE(80);
  const entryBytes = bytes.readUInt32LE(84);
  if (entryBytes < 128 || entryBytes * partitionCount > ENTRIES_BYTES_MAX) return null;
  const entries = await readGuest(disk, entriesSector * SECTOR_SIZE_BYTES, entryBytes * partitionCount);
  if (!entries || crc32(entries) !== bytes.readUInt32LE(88)) return null;
  const alternateSector = Number(bytes.readBigUInt64LE(32));
  return { sector, alternateSector, entriesSector, entries, entryBytes, partitionCount };
}

function partitionsOf({ entries, entryBytes, partitionCount }: Header): GptPartition[] {
  const partitions: GptPartition[] = [];
  for (let position = 0; position < partitionCount; position += 1) {
    const entry = entries.subarray(position * entryBytes, (position + 1) * entryBytes);
    const first = Number(entry.readBigUInt64LE(32));
    const last = Number(entry.readBigUInt64LE(40));
    if (entry.subarray(0, 16).every((byte) => byte === 0) || last < first) continue;
    partitions.push({
      index: position + 1,
      typeId: mixedOrderId(entry),
      name: trimAtNul(decodeUtf16Le(entry.subarray(56, 128))),
      offset: first * SECTOR_SIZE_BYTES,
      length: (last - first + 1) * SECTOR_SIZE_BYTES,
    });
  }
  return partitions;
}

/** GPT stores the first three groups of an id little-endian, unlike a VHD footer. */
function mixedOrderId(bytes: Buffer): string {
  const group = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return [
    group(bytes.readUInt32LE(0), 8),
    group(bytes.readUInt16LE(4), 4),
    group(bytes.readUInt16LE(6), 4),
    bytes.toString('hex', 8, 10),
    bytes.toString('hex', 10, 16),
  ].join('-');
}
