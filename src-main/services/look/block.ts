import type { BlockFacts } from '../../../src-shared/ipc/contract';
import { AppError } from '../../../src-shared/errors';
import { DEFAULT_BLOCK_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { sectorBitmapBytes } from '../../../src-shared/vhd/layout';
import {
  countSetSectors,
  isAllocated,
  readMetadata,
  type RandomAccessFile,
  type VhdMetadata,
} from '../../engine';

/**
 * One block: where it lies, and its sector bitmap as stored. By metadata alone, so that a child whose parent is
 * missing can be looked at, too.
 * @throws AppError `too-damaged` without size or block size, `bad-value` past the last block, and of kind `system`.
 */
export async function lookAtBlock(file: RandomAccessFile, blockIndex: number): Promise<BlockFacts> {
  return blockOf(file, await readMetadata(file), blockIndex);
}

async function blockOf(file: RandomAccessFile, metadata: VhdMetadata, index: number): Promise<BlockFacts> {
  const { header, bat, fileSizeBytes } = metadata;
  const sizeBytes = metadata.active?.fields.currentSizeBytes ?? null;
  const blockSizeBytes = header?.fields.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES;
  if (sizeBytes === null || !Number.isSafeInteger(sizeBytes) || blockSizeBytes < SECTOR_SIZE_BYTES)
    throw new AppError('too-damaged', 'Without a size and a block size there are no blocks to look at.');
  const guestOffset = index * blockSizeBytes;
  if (guestOffset >= sizeBytes) throw new AppError('bad-value', `The disk has no block ${index}.`);
  const place = {
    index,
    guestOffset,
    lengthBytes: Math.min(blockSizeBytes, sizeBytes - guestOffset),
  };
  const nowhere = { bitmapOffset: null, dataOffset: null, bitmap: new Uint8Array(0) };
  if (!header) return { ...place, ...nowhere, state: 'allocated', dataOffset: guestOffset };
  const entry = bat?.entries.at(index);
  if (!isAllocated(entry)) return { ...place, ...nowhere, state: 'unallocated' };
  const bitmapOffset = entry * SECTOR_SIZE_BYTES;
  // A block size is one field of a damaged header: what is read is bounded by what the file has.
  const bitmapBytes = Math.min(sectorBitmapBytes(blockSizeBytes), Math.max(0, fileSizeBytes - bitmapOffset));
  const dataOffset = bitmapOffset + sectorBitmapBytes(blockSizeBytes);
  const bitmap = new Uint8Array(bitmapBytes);
  const count = await file.readAt(bitmap, bitmapOffset);
  const isInside = dataOffset + place.lengthBytes <= fileSizeBytes;
  return {
    ...place,
    bitmapOffset,
    dataOffset,
    bitmap: bitmap.subarray(0, count),
    state: isInside ? stateBy(bitmap, place.lengthBytes) : 'outside',
  };
}

/** By the bits of the sectors that the block has; padding does not count. */
function stateBy(bitmap: Uint8Array, lengthBytes: number): string {
  const sectors = Math.ceil(lengthBytes / SECTOR_SIZE_BYTES);
  const set = countSetSectors(bitmap, sectors);
  return set === sectors ? 'allocated' : set === 0 ? 'zero' : 'partial';
}
