import { formatSize } from '../../../src-shared/vhd/format-size';
import type { ContentFacts, PartitionFacts } from '../../../src-shared/model/content';
import type { VirtualDisk } from '../disk/virtual-disk';
import type { ContentProblem } from './content-problem';
import { recogniseFileSystem, type FileSystemFacts } from './file-system';
import { describeGptType, hasLargeSectorGpt, readGpt, type Gpt } from './gpt';
import { describeMbrType, readMbr, type Mbr } from './mbr';

/** The same with what is wrong by kind and place. */
export interface ContentSurvey {
  readonly facts: ContentFacts;
  readonly diskBytes: number;
  readonly problems: readonly ContentProblem[];
}

const EMPTY: Omit<ContentFacts, 'problems'> = {
  partitionTable: 'none',
  partitions: [],
  fileSystem: null,
  gptBackupOffset: null,
  usedEndBytes: null,
};

/**
 * What is inside the disk: its partition table and the file systems known by their signatures. Reads a few sectors a
 * partition; never fails on content, it reports problems instead.
 * @throws AppError of kind `system`.
 */
export async function readContent(disk: VirtualDisk): Promise<ContentFacts> {
  return (await surveyContent(disk)).facts;
}

/** @throws AppError of kind `system`. */
export async function surveyContent(disk: VirtualDisk): Promise<ContentSurvey> {
  const mbr = await readMbr(disk);
  const gpt = !mbr || mbr.protective ? await readGpt(disk) : null;
  // a backup alone, with no word of a GPT at the start, may be left over from what the disk held before
  const isLeftOver = gpt?.source === 'backup' && !mbr;
  const over = isLeftOver ? await recogniseFileSystem(disk, 0, disk.sizeBytes) : null;
  if (gpt && !over) return describeGpt(disk, gpt);
  if (await hasLargeSectorGpt(disk)) {
    const text = 'The GPT was written for sectors of 4,096 bytes; those of a VHD have 512.';
    return unreadable(disk, { kind: 'gpt-large-sectors', text, guest: { offset: 4096, length: 512 } });
  }
  if (mbr?.protective) {
    const text = 'The disk says that it has a GPT, but neither copy can be read.';
    return unreadable(disk, { kind: 'gpt-unreadable', text, guest: { offset: 512, length: 512 } });
  }
  if (mbr) return describeMbr(disk, mbr);
  const whole = over ?? (await recogniseFileSystem(disk, 0, disk.sizeBytes));
  if (!whole) return survey(disk, EMPTY, []);
  const { name, sizeBytes } = whole;
  const facts = { ...EMPTY, fileSystem: name, usedEndBytes: sizeBytes ?? disk.sizeBytes };
  return survey(disk, facts, tooLarge(whole, 0, disk.sizeBytes));
}

const survey = (
  disk: VirtualDisk,
  facts: Omit<ContentFacts, 'problems'>,
  problems: readonly ContentProblem[],
): ContentSurvey => ({
  facts: { ...facts, problems: problems.map(({ text }) => text) },
  diskBytes: disk.sizeBytes,
  problems,
});

const unreadable = (disk: VirtualDisk, problem: ContentProblem): ContentSurvey =>
  survey(disk, { ...EMPTY, partitionTable: 'unreadable' }, [problem]);

async function describeGpt(disk: VirtualDisk, gpt: Gpt): Promise<ContentSurvey> {
  const problems = [...gpt.problems];
  const partitions: PartitionFacts[] = [];
  for (const { index, offset, length, typeId, name } of gpt.partitions) {
    const fileSystem = await fileSystemOf(disk, index, offset, length, problems);
    partitions.push({ index, offset, length, type: describeGptType(typeId), name, fileSystem });
  }
  const facts = { ...EMPTY, partitionTable: 'gpt' as const, gptBackupOffset: gpt.backupOffset };
  return survey(disk, { ...facts, partitions, usedEndBytes: endOf(partitions) }, problems);
}

async function describeMbr(disk: VirtualDisk, mbr: Mbr): Promise<ContentSurvey> {
  const problems = [...mbr.problems];
  const partitions: PartitionFacts[] = [];
  for (const { index, offset, length, typeCode } of mbr.partitions) {
    const fileSystem = await fileSystemOf(disk, index, offset, length, problems);
    partitions.push({ index, offset, length, type: describeMbrType(typeCode), name: '', fileSystem });
  }
  const facts = { ...EMPTY, partitionTable: 'mbr' as const };
  return survey(disk, { ...facts, partitions, usedEndBytes: endOf(partitions) }, problems);
}

async function fileSystemOf(
  disk: VirtualDisk,
  partition: number,
  offset: number,
  length: number,
  problems: ContentProblem[],
): Promise<string | null> {
  const end = offset + length;
  if (end > disk.sizeBytes) {
    const text = `Partition ${partition} reaches past the end of the disk.`;
    const places = { guest: { offset, length }, foundBytes: end, expectedBytes: disk.sizeBytes };
    problems.push({ kind: 'partition-past-end', text, ...places, partition });
  }
  const found = await recogniseFileSystem(disk, offset, length);
  if (found) problems.push(...tooLarge(found, offset, length, partition));
  return found?.name ?? null;
}

const endOf = (partitions: readonly PartitionFacts[]): number | null =>
  partitions.length === 0 ? null : Math.max(...partitions.map(({ offset, length }) => offset + length));

function tooLarge(
  { name, sizeBytes }: FileSystemFacts,
  offset: number,
  roomBytes: number,
  partition?: number,
): ContentProblem[] {
  if (sizeBytes === null || sizeBytes <= roomBytes) return [];
  const words = `the ${name} file system spans ${formatSize(sizeBytes)}, but there is room for ${formatSize(roomBytes)} only.`;
  return [
    {
      kind: 'file-system-too-large',
      text: partition === undefined ? words : `Partition ${partition}: ${words}`,
      guest: { offset, length: sizeBytes },
      foundBytes: offset + sizeBytes,
      expectedBytes: offset + roomBytes,
      ...(partition === undefined ? {} : { partition }),
    },
  ];
}
