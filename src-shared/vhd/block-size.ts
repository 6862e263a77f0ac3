import { MAX_BLOCK_SIZE_BYTES, MIN_BLOCK_SIZE_BYTES, STANDARD_BLOCK_SIZES_BYTES } from './constants';

/** Whether readers can use a block of this many data bytes: a power of two from 512 that fits its field. */
export function isBlockSizeLegal(blockSizeBytes: number): boolean {
  if (!Number.isSafeInteger(blockSizeBytes)) return false;
  if (blockSizeBytes < MIN_BLOCK_SIZE_BYTES || blockSizeBytes > MAX_BLOCK_SIZE_BYTES) return false;
  return Number.isInteger(Math.log2(blockSizeBytes));
}

/** Whether it is a block size that Windows makes too: 512 KiB or 2 MiB. */
export function isBlockSizeStandard(blockSizeBytes: number): boolean {
  return STANDARD_BLOCK_SIZES_BYTES.includes(blockSizeBytes);
}

/** The nearest legal block sizes below (or equal) and above, for a refusal that helps. */
export function nearestBlockSizes(blockSizeBytes: number): readonly [number, number] {
  const clamped = Math.min(Math.max(blockSizeBytes, MIN_BLOCK_SIZE_BYTES), MAX_BLOCK_SIZE_BYTES);
  const below = 2 ** Math.floor(Math.log2(clamped));
  return [below, below === clamped || below === MAX_BLOCK_SIZE_BYTES ? below : below * 2];
}
