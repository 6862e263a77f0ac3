import { writeGpt, writeMbr } from '../../../support/partition-builder';
import type { VhdKnobs } from '../../../support/vhd-builder';
import { MIB, type RuleCase } from '../rule-case';

const SECTOR = 512;

/** Guest bytes that `write` lays out. */
function contentOf(sizeBytes: number, write: (disk: Buffer) => void): Buffer {
  const disk = Buffer.alloc(sizeBytes);
  write(disk);
  return disk;
}

const fixed = (data: Buffer, sizeBytes = data.length): VhdKnobs => ({
  type: 'fixed',
  sizeBytes,
  data: data.subarray(0, sizeBytes),
});

/** The same content in blocks of a dynamic disk, those of zeros left out. */
function dynamic(data: Buffer, sizeBytes = data.length): VhdKnobs {
  const blocks = [];
  for (let index = 0; index * 2 * MIB < sizeBytes; index += 1) {
    const bytes = data.subarray(index * 2 * MIB, Math.min(sizeBytes, (index + 1) * 2 * MIB));
    if (bytes.some((byte) => byte !== 0)) blocks.push({ index, data: bytes });
  }
  return { type: 'dynamic', sizeBytes, blocks };
}

function writeNtfs(disk: Buffer, offset: number, sectors: number): void {
  disk.write('NTFS    ', offset + 3, 'latin1');
  disk.writeUInt16LE(SECTOR, offset + 11);
  disk.writeBigUInt64LE(BigInt(sectors - 1), offset + 40);
  disk.writeUInt16LE(0xaa55, offset + 510);
}

const PARTITION = { startSector: 2048, sectors: 4096 };
const NTFS_PARTITION = { ...PARTITION, typeCode: 0x07 };
const gpt = (sizeBytes: number): Buffer => contentOf(sizeBytes, (disk) => writeGpt(disk, [PARTITION]));
/** 8 MiB by the geometry: 240 cylinders, 4 heads, 17 sectors. */
const ROUNDED_8_MIB = 240 * 4 * 17 * SECTOR;

/** Sound content, which no rule may say anything about. */
export const SOUND_CONTENT: Readonly<Record<string, VhdKnobs>> = {
  'fixed disk with a GPT': fixed(gpt(8 * MIB)),
  'dynamic disk with a GPT': dynamic(gpt(8 * MIB)),
  'disk with an MBR and a file system that fills its partition': fixed(
    contentOf(8 * MIB, (disk) => {
      writeMbr(disk, [NTFS_PARTITION]);
      writeNtfs(disk, MIB, 4096);
    }),
  ),
  'disk with a file system over an old GPT, whose backup is left': fixed(
    contentOf(8 * MIB, (disk) => {
      writeGpt(disk, [PARTITION]);
      disk.fill(0, 0, 34 * SECTOR);
      writeNtfs(disk, 0, disk.length / SECTOR);
    }),
  ),
};

export const CONTENT_CASES: readonly RuleCase[] = [
  {
    code: 'gpt-backup-missing',
    name: 'a disk that was rounded down to its geometry',
    image: dynamic(gpt(8 * MIB), ROUNDED_8_MIB),
    deep: true,
    severity: 'warning',
    repair: 'none',
    field: 'sector of the GPT backup',
    cause: /rounded/,
  },
  {
    code: 'gpt-backup-missing',
    name: 'a backup that was overwritten',
    image: fixed(
      contentOf(8 * MIB, (disk) => {
        writeGpt(disk, [PARTITION]);
        disk.fill(0, disk.length - SECTOR);
      }),
    ),
    deep: true,
    severity: 'warning',
  },
  {
    code: 'gpt-backup-missing',
    name: 'a backup in the middle of a disk that grew',
    image: dynamic(Buffer.concat([gpt(8 * MIB), Buffer.alloc(8 * MIB)])),
    deep: true,
    severity: 'note',
  },
  {
    code: 'gpt-damaged',
    name: 'a primary GPT that fails its checksum',
    image: fixed(
      contentOf(8 * MIB, (disk) => {
        writeGpt(disk, [PARTITION]);
        disk.writeUInt8(0xff, SECTOR + 20);
      }),
    ),
    deep: true,
    severity: 'warning',
  },
  {
    code: 'gpt-damaged',
    name: 'a protective MBR without any GPT',
    image: dynamic(
      contentOf(8 * MIB, (disk) => {
        writeMbr(disk, [{ typeCode: 0xee, startSector: 1, sectors: disk.length / SECTOR - 1 }]);
      }),
    ),
    deep: true,
    severity: 'warning',
  },
  {
    code: 'gpt-sector-size',
    name: 'a GPT in the second sector of 4,096 bytes',
    image: fixed(
      contentOf(8 * MIB, (disk) => {
        writeMbr(disk, [{ typeCode: 0xee, startSector: 1, sectors: disk.length / 4096 - 1 }]);
        disk.write('EFI PART', 4096, 'latin1');
        disk.writeBigUInt64LE(1n, 4096 + 24);
      }),
    ),
    deep: true,
    severity: 'warning',
  },
  {
    code: 'content-beyond-disk',
    name: 'a partition of a disk that was cut',
    image: fixed(
      contentOf(8 * MIB, (disk) => writeMbr(disk, [{ startSector: 2048, sectors: 14_336 }])),
      4 * MIB,
    ),
    deep: true,
    severity: 'warning',
    field: 'partition 1, end',
  },
  {
    code: 'content-beyond-disk',
    name: 'a file system without partitions that spans more than the disk',
    image: dynamic(contentOf(8 * MIB, (disk) => writeNtfs(disk, 0, 20_000))),
    deep: true,
    severity: 'warning',
    field: 'end of the file system',
  },
  {
    code: 'content-beyond-disk',
    name: 'a file system larger than its partition in a disk with room for it',
    image: fixed(
      contentOf(8 * MIB, (disk) => {
        writeMbr(disk, [NTFS_PARTITION]);
        writeNtfs(disk, MIB, 5000);
      }),
    ),
    deep: true,
    severity: 'note',
    count: 1,
  },
];
