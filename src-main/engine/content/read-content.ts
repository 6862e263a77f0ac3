import { formatSize } from '../../../src-shared/vhd/format-size';
import type { ContentFacts, PartitionFacts } from '../../../src-shared/model/content';
import type { VirtualDisk } from '../disk/virtual-disk';
import { recogniseFileSystem } from './file-system';
import { describeGptType, readGpt, type Gpt } from './gpt';
import { describeMbrType, readMbr, type Mbr } from './mbr';

const EMPTY: ContentFacts = {
  partitionTable: 'none',
  partitions: [],
  fileSystem: null,
  gptBackupOffset: null,
  usedEndBytes: null,
  problems: [],
};

/**
 * What is inside the disk: its partition table and the file systems known by their signatures. Reads a few sectors a
 * partition; never fails on content, it reports problems instead.
 * @throws AppError of kind `system`.
 */
export async function readContent(disk: VirtualDisk): Promise<ContentFacts> {
  const mbr = await readMbr(disk);
  const gpt = !mbr || mbr.protective ? await readGpt(disk) : null;
  if (gpt) return describeGpt(disk, gpt);
  if (mbr?.protective) {
    return {
      ...EMPTY,
      partitionTable: 'unreadable',
      problems: ['The disk says that it has a GPT, but neither copy can be read.'],
    };
  }
  if (mbr) return describeMbr(disk, mbr);
  const whole = await recogniseFileSystem(disk, 0, disk.sizeBytes);
  if (!whole) return EMPTY;
  const tooLarge = whole.sizeBytes !== null && whole.sizeBytes > disk.sizeBytes;
  return {
    ...EMPTY,
    fileSystem: whole.name,
    usedEndBytes: whole.sizeBytes ?? disk.sizeBytes,
    problems: tooLarge ? [tooLargeText(whole.name, whole.sizeBytes, disk.sizeBytes)] : [],
  };
}

async function describeGpt(disk: VirtualDisk, gpt: Gpt): Promise<ContentFacts> {
  const problems = [...gpt.problems];
  const partitions: PartitionFacts[] = [];
  for (const { index, offset, length, typeId, name } of gpt.partitions) {
    const fileSystem = await fileSystemOf(disk, index, offset, length, problems);
    partitions.push({ index, offset, length, type: describeGptType(typeId), name, fileSystem });
  }
  return {
    ...EMPTY,
    partitionTable: 'gpt',
    partitions,
    gptBackupOffset: gpt.backupOffset,
    usedEndBytes: endOf(partitions),
    problems,
  };
}

async function describeMbr(disk: VirtualDisk, mbr: Mbr): Promise<ContentFacts> {
  const problems = [...mbr.problems];
  const partitions: PartitionFacts[] = [];
  for (const { index, offset, length, typeCode } of mbr.partitions) {
    const fileSystem = await fileSystemOf(disk, index, offset, length, problems);
    partitions.push({ index, offset, length, type: describeMbrType(typeCode), name: '', fileSystem });
  }
  return { ...EMPTY, partitionTable: 'mbr', partitions, usedEndBytes: endOf(partitions), problems };
}

async function fileSystemOf(
  disk: VirtualDisk,
  index: number,
  offset: number,
  length: number,
  problems: string[],
): Promise<string | null> {
  if (offset + length > disk.sizeBytes) problems.push(`Partition ${index} reaches past the end of the disk.`);
  const found = await recogniseFileSystem(disk, offset, length);
  if (found?.sizeBytes != null && found.sizeBytes > length) {
    problems.push(`Partition ${index}: ${tooLargeText(found.name, found.sizeBytes, length)}`);
  }
  return found?.name ?? null;
}

const endOf = (partitions: readonly PartitionFacts[]): number | null =>
  partitions.length === 0 ? null : Math.max(...partitions.map(({ offset, length }) => offset + length));

const tooLargeText = (name: string, sizeBytes: number, roomBytes: number): string =>
  `the ${name} file system spans ${formatSize(sizeBytes)}, but there is room for ${formatSize(roomBytes)} only.`;
