import { FOOTER_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { VhdMetadata } from '../disk';
import type { RandomAccessFile } from '../io';
import { planSparseResize } from './resize-sparse';
import { readSparseImage } from './sparse-image';

/** What a change of size in place comes to. */
export interface ResizeForecast {
  /** The undo journal's bytes included. */
  readonly bytesToWrite: number;
  /** Bytes the file grows by without their being written. */
  readonly holeBytes: number;
  readonly predictedFileBytes: number;
}

/** Room for the journal's own records, and for what every change of size overwrites: footers and header. */
const JOURNAL_BYTES = 8192;

/** From metadata alone. @throws AppError `too-damaged` and what resizing would throw for the image's layout. */
export async function forecastResize(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  oldSizeBytes: number,
  sizeBytes: number,
): Promise<ResizeForecast> {
  if (metadata.type === 'fixed') {
    const predictedFileBytes = sizeBytes + FOOTER_SIZE_BYTES;
    const holeBytes = Math.max(0, predictedFileBytes - metadata.fileSizeBytes);
    return { bytesToWrite: FOOTER_SIZE_BYTES + JOURNAL_BYTES, holeBytes, predictedFileBytes };
  }
  const image = await readSparseImage(file, metadata);
  const plan = planSparseResize(image, sizeBytes, file.path);
  const movedBytes = plan.moves.reduce((sum, { length }) => sum + length, 0);
  const tableBytes = plan.reservedEnd - image.batOffset;
  const isGrowing = sizeBytes > oldSizeBytes;
  // the end of the last block is zeroed, and what is cut off is saved
  const clearedBytes = isGrowing && oldSizeBytes % image.blockSizeBytes !== 0 ? image.blockSizeBytes : 0;
  const predictedFileBytes = plan.endOffset + FOOTER_SIZE_BYTES;
  const cutBytes = Math.max(0, metadata.fileSizeBytes - predictedFileBytes);
  return {
    bytesToWrite: movedBytes + 2 * tableBytes + clearedBytes + cutBytes + JOURNAL_BYTES,
    holeBytes: 0,
    predictedFileBytes,
  };
}
