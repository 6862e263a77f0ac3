import { describe, expect, it } from 'vitest';
import { readContent } from '../../../src-main/engine/content/read-content';
import { memoryDisk } from '../../support/memory-disk';
import { writeGpt, writeMbr } from '../../support/partition-builder';

const MIB = 1024 * 1024;
const blank = (bytes = 8 * MIB): Buffer => Buffer.alloc(bytes);

/** The fields of an NTFS boot sector that say how long it is. */
function writeNtfs(disk: Buffer, offset: number, sectors: number): void {
  disk.write('NTFS    ', offset + 3, 'latin1');
  disk.writeUInt16LE(512, offset + 11);
  disk.writeBigUInt64LE(BigInt(sectors - 1), offset + 40);
  disk.writeUInt16LE(0xaa55, offset + 510);
}

describe('readContent', () => {
  it('says none of a blank disk, and of one of less than a sector', async () => {
    for (const disk of [blank(), Buffer.alloc(0), Buffer.alloc(100)]) {
      const content = await readContent(memoryDisk(disk));
      expect(content).toMatchObject({ partitionTable: 'none', partitions: [], usedEndBytes: null });
    }
  });

  it('lists MBR partitions with their file systems and where the last one ends', async () => {
    const disk = blank();
    writeMbr(disk, [
      { typeCode: 0x07, startSector: 2048, sectors: 4096 },
      { typeCode: 0x83, startSector: 6144, sectors: 2048 },
    ]);
    writeNtfs(disk, MIB, 4096);
    const content = await readContent(memoryDisk(disk));
    expect(content.partitionTable).toBe('mbr');
    expect(content.partitions).toEqual([
      { index: 1, offset: MIB, length: 2 * MIB, type: 'NTFS or exFAT', name: '', fileSystem: 'NTFS' },
      { index: 2, offset: 3 * MIB, length: MIB, type: 'Linux', name: '', fileSystem: null },
    ]);
    expect(content.usedEndBytes).toBe(4 * MIB);
    expect(content.problems).toEqual([]);
  });

  it('follows logical partitions, and says so where their chain loops', async () => {
    const disk = blank();
    writeMbr(disk, [{ typeCode: 0x0f, startSector: 2048, sectors: 8192 }]);
    writeMbr(
      disk,
      [
        { startSector: 63, sectors: 1000 },
        { typeCode: 0x05, startSector: 2048, sectors: 2048 },
      ],
      2048,
    );
    writeMbr(disk, [{ startSector: 63, sectors: 1000 }], 4096);
    const sound = await readContent(memoryDisk(disk));
    expect(sound.partitions.map(({ index, offset }) => [index, offset / 512])).toEqual([
      [1, 2048],
      [5, 2111],
      [6, 4159],
    ]);
    writeMbr(
      disk,
      [
        { startSector: 63, sectors: 1000 },
        { typeCode: 0x05, startSector: 0, sectors: 2048 },
      ],
      4096,
    );
    const looping = await readContent(memoryDisk(disk));
    expect(looping.problems.join()).toMatch(/loops/);
  });

  it('lists GPT partitions with names, and where the backup begins', async () => {
    const disk = blank();
    writeGpt(disk, [{ startSector: 2048, sectors: 4096, name: 'Daten' }]);
    const content = await readContent(memoryDisk(disk));
    expect(content).toMatchObject({
      partitionTable: 'gpt',
      gptBackupOffset: disk.length - 33 * 512,
      problems: [],
    });
    expect(content.partitions).toEqual([
      { index: 1, offset: MIB, length: 2 * MIB, type: 'Linux', name: 'Daten', fileSystem: null },
    ]);
  });

  it('uses the backup where the primary is damaged, and says so', async () => {
    const disk = blank();
    writeGpt(disk, [{ startSector: 2048, sectors: 4096 }]);
    disk.writeUInt8(0xff, 512 + 20);
    const content = await readContent(memoryDisk(disk));
    expect(content.partitions).toHaveLength(1);
    expect(content.problems.join()).toMatch(/primary GPT is missing/);
  });

  it('calls a GPT unreadable where both copies are damaged', async () => {
    const disk = blank();
    writeGpt(disk, [{ startSector: 2048, sectors: 4096 }]);
    disk.fill(0, 512, 1024);
    disk.fill(0, disk.length - 512);
    expect(await readContent(memoryDisk(disk))).toMatchObject({ partitionTable: 'unreadable' });
  });

  it('takes a boot sector without a table for a file system that fills the disk', async () => {
    const disk = blank();
    writeNtfs(disk, 0, disk.length / 512);
    disk.write('\xeb\x52\x90 boot code where a table would be', 440, 'latin1');
    const content = await readContent(memoryDisk(disk));
    expect(content).toMatchObject({
      partitionTable: 'none',
      fileSystem: 'NTFS',
      usedEndBytes: disk.length,
      problems: [],
    });
  });

  it('reports a file system that is larger than its partition, and a partition past the end', async () => {
    const disk = blank();
    writeMbr(disk, [{ typeCode: 0x07, startSector: 2048, sectors: 4096 }]);
    writeNtfs(disk, MIB, 9000);
    expect((await readContent(memoryDisk(disk))).problems.join()).toMatch(/NTFS file system spans/);
    const cut = disk.subarray(0, 2 * MIB);
    expect((await readContent(memoryDisk(Buffer.from(cut)))).problems.join()).toMatch(/past the end/);
  });
});
