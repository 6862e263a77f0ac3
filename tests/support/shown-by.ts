import { openDisk } from '../../src-main/engine';

/** All guest bytes of an image on disk, its proven parents included. */
export async function shownBy(file: string): Promise<Buffer> {
  const opened = await openDisk(file);
  try {
    const bytes = Buffer.alloc(opened.disk.sizeBytes);
    await opened.disk.readAt(bytes, 0);
    return bytes;
  } finally {
    await opened.close();
  }
}
