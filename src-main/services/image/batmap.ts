import type { ImageInfo } from '../../../src-shared/model';
import { formatCreatorVersion } from '../../../src-shared/vhd/names';
import { batSizeBytes, readBatmap, type RandomAccessFile, type VhdMetadata } from '../../engine';

/** Xen's batmap behind the BAT; null where there is none. */
export async function batmapFacts(
  file: RandomAccessFile,
  { header, fileSizeBytes }: VhdMetadata,
): Promise<ImageInfo['batmap']> {
  const tableOffset = header?.fields.tableOffset ?? null;
  if (header === null || tableOffset === null || !Number.isSafeInteger(tableOffset)) return null;
  const batEnd = tableOffset + batSizeBytes(header.fields.maxTableEntries);
  const batmap = await readBatmap(file, batEnd, fileSizeBytes);
  if (batmap === null) return null;
  return {
    version: formatCreatorVersion(batmap.version),
    valid: batmap.storedChecksum === batmap.computedChecksum,
  };
}
