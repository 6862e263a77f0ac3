import { FOOTER_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { VhdMetadata } from '../disk';
import type { RandomAccessFile } from '../io';
import { RECORD_HEAD_BYTES, RECORD_PAYLOAD_BYTES_MAX } from '../repair/journal-record';
import { RangeSet } from '../repair/range-set';
import { planSparseResize } from './resize-sparse';
import { placeOf, readSparseImage, type SparseImage } from './sparse-image';

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
  // what the tables and the moves leave no longer as it was; longer tables lie where blocks were that move
  const saved = new RangeSet();
  saved.add(image.batOffset, Math.min(plan.reservedEnd, metadata.fileSizeBytes));
  for (const { from, length } of plan.moves) saved.add(from, from + length);
  const isGrowing = sizeBytes > oldSizeBytes;
  // what blocks leave behind is zeroed, as is the end of the last block; what is cut off is saved
  const clearedBytes = isGrowing && oldSizeBytes % image.blockSizeBytes !== 0 ? image.blockSizeBytes : 0;
  const predictedFileBytes = plan.endOffset + FOOTER_SIZE_BYTES;
  const cutBytes = Math.max(0, metadata.fileSizeBytes - predictedFileBytes);
  return {
    bytesToWrite:
      movedBytes +
      tableBytes +
      saved.totalBytes +
      (plan.moves.length + Math.ceil(saved.totalBytes / RECORD_PAYLOAD_BYTES_MAX)) * RECORD_HEAD_BYTES +
      droppedBytes(image, plan.entries.kept.length) +
      clearedBytes +
      cutBytes +
      JOURNAL_BYTES,
    holeBytes: 0,
    predictedFileBytes,
  };
}

/** Blocks behind the new end show nothing, so that of most only the bitmap is saved; of those behind the old end all is. */
function droppedBytes(image: SparseImage, keptBlocks: number): number {
  const { entries, bitmapBytes, strideBytes, footerOffset } = image;
  const blocksNow = Math.ceil(image.sizeBytes / image.blockSizeBytes);
  let bytes = 0;
  for (let block = keptBlocks; block < entries.length; block += 1)
    if (placeOf(entries, block) < footerOffset) bytes += block < blocksNow ? bitmapBytes : strideBytes;
  return Math.min(bytes, footerOffset);
}
