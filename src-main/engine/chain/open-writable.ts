import {
  openImageForWriting,
  openRaw,
  openWritableRaw,
  readMetadata,
  type VhdMetadata,
  type WritableDisk,
} from '../disk';
import { identityOfFile, openForWriting, type NodeFile, type WriteOpenOptions } from '../io';
import { openParent, type OpenDiskOptions, type OpenedDisk } from './open-disk';
import { requireNotSplit } from './split-set';
import { requireVhd } from './require-vhd';

export interface OpenedWritableDisk {
  readonly path: string;
  readonly disk: WritableDisk;
  readonly file: NodeFile;
  /** Null for a raw disk. */
  readonly metadata: VhdMetadata | null;
  /** The chain above a differencing image, open for reading. */
  readonly parent: OpenedDisk | null;
  close(): Promise<void>;
}

/**
 * Opens an image for writing guest bytes: under the exclusive lock, proven to be the file that was looked at, and
 * only where its metadata is beyond doubt. Parents are opened for reading.
 * @throws AppError as `openDisk`, `openForWriting` and `openImageForWriting` do.
 */
export async function openForWritingDisk(
  path: string,
  options: Omit<OpenDiskOptions, 'allowDamaged'> & WriteOpenOptions = {},
): Promise<OpenedWritableDisk> {
  const file = await openForWriting(path, options);
  let parent: OpenedDisk | null = null;
  try {
    if (options.format === 'raw') {
      const disk = openWritableRaw(await openRaw(file));
      return { path, disk, file, metadata: null, parent, close: () => disk.close() };
    }
    await requireNotSplit(file);
    await requireVhd(file);
    const metadata = await readMetadata(file);
    if (metadata.type === 'differencing') {
      parent = await openParent(path, file, metadata, await identityOfFile(file), options);
    }
    const disk = openImageForWriting(file, metadata, parent?.disk ?? null);
    return { path, disk, file, metadata, parent, close: () => disk.close() };
  } catch (error) {
    await file.close();
    await parent?.close();
    throw error;
  }
}
