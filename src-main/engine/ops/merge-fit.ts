/** A merged image has the size of the child: what its parent holds behind the child's end was never the child's. */
import { predictLayout } from '../../../src-shared/vhd/layout';
import { currentSizeOf, readMetadata } from '../disk';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { freeEntries, isAllocated } from '../format';
import type { RandomAccessFile } from '../io';
import { requireSoundLayout } from './new-image';
import { throwIfCancelled } from './operation';
import { resizeFixed } from './resize-fixed';
import { resizeSparse } from './resize-sparse';
import { placeOf, readSparseImage } from './sparse-image';

/**
 * Gives the unpublished copy of an ancestor another size: zeros where it grows, and nothing is left of what it held
 * behind a nearer end.
 * @param grandparent what the ancestor itself stands on.
 * @throws AppError `size-limit`, `unsupported`, `too-damaged`, `cancelled`.
 */
export async function fitCopy(
  file: RandomAccessFile,
  sizeBytes: number,
  grandparent: VirtualDisk | null,
  context: OperationContext,
): Promise<void> {
  throwIfCancelled(context);
  const metadata = await readMetadata(file);
  const type = metadata.type ?? 'fixed';
  const blockSizeBytes = metadata.header?.fields.blockSizeBytes;
  const request = { type, sizeBytes, blockSizeBytes: type === 'fixed' ? undefined : blockSizeBytes };
  requireSoundLayout(request, predictLayout(request).maxTableEntries);
  if (type === 'fixed') {
    await resizeFixed(file, metadata, sizeBytes);
    return;
  }
  if (sizeBytes < currentSizeOf(metadata, file.path)) await zeroBehind(file, sizeBytes);
  await resizeSparse(file, metadata, sizeBytes, grandparent, context);
}

/** Blocks that are let go of stay in the file; as zeros they are padding. */
async function zeroBehind(file: RandomAccessFile, sizeBytes: number): Promise<void> {
  const metadata = await readMetadata(file);
  const { entries, blockSizeBytes, bitmapBytes, strideBytes } = await readSparseImage(file, metadata);
  const inLastBlock = sizeBytes % blockSizeBytes;
  const last = inLastBlock === 0 ? null : Math.floor(sizeBytes / blockSizeBytes);
  for (let block = Math.floor(sizeBytes / blockSizeBytes); block < entries.length; block += 1) {
    if (!isAllocated(entries.at(block))) continue;
    const kept = block === last ? bitmapBytes + inLastBlock : 0;
    await file.zeroRange(placeOf(entries, block) + kept, strideBytes - kept);
  }
  freeEntries(entries);
}
