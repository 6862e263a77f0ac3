import { AppError } from '../../../../src-shared/errors';
import { openParent, type OpenedDisk } from '../../chain/open-disk';
import { Damage, openImage } from '../../disk';
import { identityOfPath } from '../../io';
import type { CheckContext } from '../context';

/**
 * First guest byte that neither the image nor an ancestor stores and that an ancestor is too short for; null where
 * there is none, or where the chain cannot be read. Metadata and bitmaps are read, of as many blocks as it takes.
 */
export async function findBehindParent(context: CheckContext): Promise<number | null> {
  const { metadata, file, environment } = context;
  const ownBytes = metadata.active?.fields.currentSizeBytes ?? 0;
  if (metadata.type !== 'differencing') return null;
  const { ancestors } = await context.chain();
  const shortest = Math.min(...ancestors.map(({ virtualSizeBytes }) => virtualSizeBytes ?? Infinity));
  if (!(shortest < ownBytes)) return null;
  let parent: OpenedDisk | null = null;
  try {
    const identity = await identityOfPath(file.path).catch(() => null);
    parent = await openParent(file.path, file, metadata, identity, { mayOpen: environment.mayOpen });
    const disk = openImage(file, metadata, new Damage(file.path, true), parent.disk);
    const baseDepth = parent.chain.length;
    for await (const { offset, state, depth } of disk.extents(shortest, ownBytes - shortest)) {
      if (environment.signal?.aborted) throw new AppError('cancelled', 'The check was cancelled.');
      // what the base leaves unallocated lies within it
      if (state === 'unallocated' && depth < baseDepth) return offset;
    }
    return null;
  } catch (error) {
    if (error instanceof AppError && error.kind !== 'cancelled') return null;
    throw error;
  } finally {
    await parent?.close();
  }
}
