import { formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { readContent } from '../content/read-content';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { isAllZero } from '../disk/zeros';
import { Breather } from './operation';

const CHUNK_BYTES = 2 * 1024 * 1024;

/** Something that reaches past a new end. */
export interface Beyond {
  readonly kind: 'partition' | 'gpt-backup' | 'file-system' | 'data';
  /** For people, as the end of "in the way:". */
  readonly name: string;
  /** First guest byte of it. */
  readonly offset: number;
}

/**
 * What lies at or beyond `sizeBytes`: partitions and file systems by what the disk says of itself, and any byte that
 * is not zero. Empty where a disk may end there without losing anything.
 */
export async function findBeyond(disk: VirtualDisk, sizeBytes: number): Promise<readonly Beyond[]> {
  const beyond: Beyond[] = [];
  const content = await readContent(disk);
  for (const { index, offset, length, type, name } of content.partitions) {
    if (offset + length <= sizeBytes) continue;
    const title = name === '' ? type : `"${name}", ${type}`;
    const text = `partition ${index} (${title}) reaches to ${formatSizeBoth(offset + length)}`;
    beyond.push({ kind: 'partition', name: text, offset });
  }
  const { gptBackupOffset, fileSystem, usedEndBytes } = content;
  if (gptBackupOffset !== null && gptBackupOffset + 512 > sizeBytes) {
    const text = `the backup of the GPT lies at the end of the disk, from byte ${gptBackupOffset} on; move it with the guest's partitioning tool`;
    beyond.push({ kind: 'gpt-backup', name: text, offset: gptBackupOffset });
  }
  if (fileSystem !== null && usedEndBytes !== null && usedEndBytes > sizeBytes) {
    const text = `the ${fileSystem} file system reaches to ${formatSizeBoth(usedEndBytes)}`;
    beyond.push({ kind: 'file-system', name: text, offset: 0 });
  }
  const dataOffset = await firstDataFrom(disk, sizeBytes);
  if (
    dataOffset !== null &&
    beyond.every(({ kind }) => kind !== 'gpt-backup' || dataOffset < (gptBackupOffset ?? 0))
  )
    beyond.push({
      kind: 'data',
      name: `there is data at byte ${formatCount(dataOffset)}`,
      offset: dataOffset,
    });
  return beyond;
}

/** Offset of the first byte at or after `from` that is not zero, or null. */
export async function firstDataFrom(
  disk: VirtualDisk,
  from: number,
  context: OperationContext = {},
): Promise<number | null> {
  if (from >= disk.sizeBytes) return null;
  const buffer = new Uint8Array(CHUNK_BYTES);
  const breather = new Breather(context);
  for await (const { offset, length, state } of disk.extents(from, disk.sizeBytes - from)) {
    await breather.breathe();
    if (state === 'zero' || state === 'unallocated') continue;
    for (let at = 0; at < length; at += CHUNK_BYTES) {
      await breather.breathe();
      const bytes = buffer.subarray(0, Math.min(CHUNK_BYTES, length - at));
      await disk.readAt(bytes, offset + at);
      if (!isAllZero(bytes)) return offset + at + bytes.findIndex((byte) => byte !== 0);
    }
  }
  return null;
}
