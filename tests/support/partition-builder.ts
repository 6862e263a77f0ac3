import { crc32 } from './crc32-slow';

const SECTOR = 512;

export interface BuiltPartition {
  readonly typeCode?: number;
  /** Mixed-order bytes as hex. */
  readonly typeIdHex?: string;
  readonly startSector: number;
  readonly sectors: number;
  readonly name?: string;
}

/** Writes an MBR with up to four primary partitions into `disk`. */
export function writeMbr(disk: Buffer, partitions: readonly BuiltPartition[], atSector = 0): void {
  const at = atSector * SECTOR;
  partitions.forEach((partition, position) => {
    const entry = at + 446 + position * 16;
    disk.writeUInt8(partition.typeCode ?? 0x83, entry + 4);
    disk.writeUInt32LE(partition.startSector, entry + 8);
    disk.writeUInt32LE(partition.sectors, entry + 12);
  });
  disk.writeUInt16LE(0xaa55, at + 510);
}

/** Writes a protective MBR, a GPT and its backup into `disk`, by the UEFI specification's layout. */
export function writeGpt(disk: Buffer, partitions: readonly BuiltPartition[]): void {
  const last = disk.length / SECTOR - 1;
  writeMbr(disk, [{ typeCode: 0xee, startSector: 1, sectors: last }]);
  const entries = Buffer.alloc(128 * 128);
  partitions.forEach((partition, position) => {
    const at = position * 128;
    Buffer.from(partition.typeIdHex ?? 'af3dc60f838472478e793d69d8477de4', 'hex').copy(entries, at);
    entries.fill(position + 1, at + 16, at + 32);
    entries.writeBigUInt64LE(BigInt(partition.startSector), at + 32);
    entries.writeBigUInt64LE(BigInt(partition.startSector + partition.sectors - 1), at + 40);
    entries.write(partition.name ?? '', at + 56, 'utf16le');
  });
  entries.copy(disk, 2 * SECTOR);
  entries.copy(disk, (last - 32) * SECTOR);
  writeGptHeader(disk, entries, { own: 1, other: last, entriesAt: 2 });
  writeGptHeader(disk, entries, { own: last, other: 1, entriesAt: last - 32 });
}

function writeGptHeader(
  disk: Buffer,
  entries: Buffer,
  at: { readonly own: number; readonly other: number; readonly entriesAt: number },
): void {
  const header = Buffer.alloc(92);
  header.write('EFI PART', 0, 'latin1');
  header.writeUInt32LE(0x10000, 8);
  header.writeUInt32LE(92, 12);
  header.writeBigUInt64LE(BigInt(at.own), 24);
  header.writeBigUInt64LE(BigInt(at.other), 32);
  header.writeBigUInt64LE(34n, 40);
  header.writeBigUInt64LE(BigInt(disk.length / SECTOR - 34), 48);
  header.writeBigUInt64LE(BigInt(at.entriesAt), 72);
  header.writeUInt32LE(128, 80);
  header.writeUInt32LE(128, 84);
  header.writeUInt32LE(crc32(entries), 88);
  header.writeUInt32LE(crc32(header), 16);
  header.copy(disk, at.own * SECTOR);
}
