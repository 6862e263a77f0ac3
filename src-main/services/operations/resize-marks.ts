import type { OperationPreview } from '../../../src-shared/ipc/contract';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { openSource, readContent, type DiskSource, type VirtualDisk } from '../../engine';

type Marks = NonNullable<OperationPreview['resizeMarks']>;

/**
 * Sizes that mean something for this disk: where its last partition ends, where what is stored ends, and the smallest
 * that loses neither. A GPT keeps its backup at the very end, so that such a disk cannot shrink before it is moved.
 */
export async function findResizeMarks(image: DiskSource): Promise<Marks> {
  const opened = await openSource({ ...image, format: 'vhd' });
  try {
    const { disk } = opened;
    const content = await readContent(disk);
    const lastPartition = roundUpToSector(content.usedEndBytes ?? 0);
    const usedEnd = roundUpToSector(await endOfStored(disk));
    const minimum = content.gptBackupOffset === null ? Math.max(lastPartition, usedEnd) : disk.sizeBytes;
    return [
      { name: 'minimum', sizeBytes: minimum },
      { name: 'lastPartition', sizeBytes: lastPartition },
      { name: 'usedEnd', sizeBytes: usedEnd },
    ].filter(({ sizeBytes }) => sizeBytes > 0 && sizeBytes <= disk.sizeBytes);
  } finally {
    await opened.close();
  }
}

/** The byte after the last one that is stored anywhere in the chain, by metadata and holes alone. */
async function endOfStored(disk: VirtualDisk): Promise<number> {
  let end = 0;
  for await (const { offset, length, state } of disk.extents(0, disk.sizeBytes)) {
    if (state === 'data' || state === 'parent') end = offset + length;
  }
  return end;
}
