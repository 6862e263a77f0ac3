import { AppError } from '../../../src-shared/errors';
import type { RandomAccessFile } from '../io';
import { BlockTable } from './block-table';
import { BatmapBits } from './batmap-bits';
import { BlockWriter } from './block-writer';
import { Damage } from './damage';
import { DifferencingDisk } from './differencing-disk';
import { DynamicDisk } from './dynamic-disk';
import { FixedDisk } from './fixed-disk';
import type { VhdMetadata } from './metadata';
import { RawDisk } from './raw-disk';
import type { VirtualDisk, WritableDisk } from './virtual-disk';
import { blockDiskWriter, flatWriter, WritableImage } from './writable-disk';
import { requireSoundMetadata } from './writable-image';

export type ImageDisk = FixedDisk | DynamicDisk | DifferencingDisk | RawDisk;

/**
 * The disk in one image file, its metadata already read. A differencing image needs its parent's disk, proven by
 * the caller (DESIGN rule 6). Takes the file over: the disk's `close` closes it and the parent.
 * @throws AppError `too-damaged`, `unsupported`, `value-too-large`, `no-metadata`; `parent-missing` for a child alone.
 */
export function openImage(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  damage: Damage,
  parent: VirtualDisk | null,
): FixedDisk | DynamicDisk | DifferencingDisk {
  const { active, type } = metadata;
  const context = { path: file.path };
  if (!active) {
    const what = metadata.header ? 'has a dynamic disk header but no footer' : 'has no footer';
    throw new AppError(metadata.header ? 'too-damaged' : 'no-metadata', `"${file.path}" ${what}.`, {
      context,
    });
  }
  if (!type) {
    throw new AppError(
      'too-damaged',
      `"${file.path}" has the disk type code ${active.fields.diskTypeCode}, which is none of fixed (2), dynamic (3) and differencing (4).`,
      { context: { ...context, offset: active.offset + 60 } },
    );
  }
  const sizeBytes = currentSizeOf(metadata, file.path);
  if (type === 'fixed') {
    const { footer, fileSizeBytes } = metadata;
    return new FixedDisk(file, sizeBytes, footer ? footer.offset : fileSizeBytes, damage);
  }
  const table = new BlockTable(metadata, sizeBytes, file.path);
  if (type === 'dynamic') return new DynamicDisk(file, table, damage);
  if (!parent) {
    throw new AppError('parent-missing', `"${file.path}" cannot be read without its parent.`, { context });
  }
  return new DifferencingDisk(file, table, damage, parent);
}

/**
 * The same for writing; the file must be writable and under its lock. Its metadata must be beyond doubt, its BAT too.
 * @throws AppError `too-damaged` besides those of `openImage`.
 */
export function openImageForWriting(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  parent: VirtualDisk | null,
): WritableDisk {
  const footer = requireSoundMetadata(metadata, file.path);
  const disk = openImage(file, metadata, new Damage(file.path, false), parent);
  if (disk instanceof FixedDisk) {
    if (disk.storedBytes === disk.sizeBytes) return new WritableImage(disk, flatWriter(disk));
    throw new AppError(
      'too-damaged',
      `"${file.path}" is shorter than its disk, so nothing is written to it.`,
      {
        context: { path: file.path },
        unchanged: 'Nothing was written.',
      },
    );
  }
  if (!disk.table.isSound) {
    throw new AppError('too-damaged', `"${file.path}" has a damaged BAT, so nothing is written to it.`, {
      context: { path: file.path, offset: disk.table.batOffset },
      hint: 'Check it, repair it, and try again.',
      unchanged: 'Nothing was written.',
    });
  }
  const isChild = disk instanceof DifferencingDisk;
  const writer = new BlockWriter(
    disk,
    footer,
    isChild ? new BatmapBits(file, metadata) : null,
    metadata.fileSizeBytes,
  );
  return new WritableImage(disk, blockDiskWriter(disk, writer, isChild));
}

/** @throws AppError `value-too-large` where the footer's current size is no number that can be calculated with. */
export function currentSizeOf(metadata: VhdMetadata, path: string): number {
  const sizeBytes = metadata.active?.fields.currentSizeBytes ?? null;
  if (sizeBytes !== null && Number.isSafeInteger(sizeBytes)) return sizeBytes;
  const offset = (metadata.active?.offset ?? 0) + 48;
  throw new AppError('value-too-large', `"${path}" has a current size that no disk can have.`, {
    context: { path, offset },
  });
}

/** The file as a raw disk: all of it. Only for a person who said so. */
export async function openRaw(file: RandomAccessFile): Promise<RawDisk> {
  const sizeBytes = await file.size();
  return new RawDisk(file, sizeBytes, sizeBytes, new Damage(file.path, false));
}

/** A raw disk that can be written. */
export const openWritableRaw = (disk: RawDisk): WritableDisk => new WritableImage(disk, flatWriter(disk));
