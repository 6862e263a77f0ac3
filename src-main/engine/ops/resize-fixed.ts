import { AppError, invariant } from '../../../src-shared/errors';
import { FOOTER_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { currentSizeOf, readMetadata, type VhdMetadata } from '../disk';
import type { RandomAccessFile } from '../io';
import { resizedFooter } from './sparse-image';

/**
 * Growing: the file is extended, the new footer written and flushed, and only then the old footer zeroed. Shrinking:
 * the new footer is written where zeros were, flushed, and the file cut behind it.
 */
export async function resizeFixed(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  sizeBytes: number,
): Promise<readonly string[]> {
  const { footer, fileSizeBytes } = metadata;
  invariant(footer, 'sound metadata has a footer');
  const oldSizeBytes = currentSizeOf(metadata, file.path);
  const newFooter = resizedFooter(footer.bytes, oldSizeBytes, sizeBytes);
  const endBytes = sizeBytes + FOOTER_SIZE_BYTES;
  if (sizeBytes > oldSizeBytes) {
    if (endBytes > fileSizeBytes) await file.setSize(endBytes);
    await file.writeAt(newFooter, sizeBytes);
    await file.flush();
    // The old footer, and whatever lay between the old end of the disk and it, becomes guest content: zeros.
    await file.zeroRange(oldSizeBytes, Math.min(fileSizeBytes, sizeBytes) - oldSizeBytes);
  } else {
    await file.writeAt(newFooter, sizeBytes);
    await file.flush();
  }
  await file.setSize(endBytes);
  await file.flush();
  const after = await readMetadata(file);
  const isRight =
    after.type === 'fixed' &&
    after.fileSizeBytes === endBytes &&
    after.footer?.checksum.valid === true &&
    after.footer.offset === sizeBytes &&
    after.footer.fields.currentSizeBytes === sizeBytes;
  if (!isRight)
    throw new AppError('verify-failed', `"${file.path}" does not read back with its new size.`, {
      unchanged: 'Everything was put back.',
    });
  return [
    `The file has ${endBytes - fileSizeBytes >= 0 ? 'grown' : 'shrunk'} by ${formatSizeBoth(Math.abs(endBytes - fileSizeBytes))}.`,
  ];
}
