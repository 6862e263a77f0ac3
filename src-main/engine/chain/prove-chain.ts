import { AppError } from '../../../src-shared/errors';
import { isSameFile } from '../io';
import { CHAIN_DEPTH_MAX, parentError } from './open-disk';
import { peekImage, type PeekedImage } from './peek-image';
import { resolveParent, type ParentSearchOptions } from './resolve-parent';

/**
 * An image and its ancestors, each proven by its unique id, without opening them as disks: no BAT is read. Ends at the
 * base, or above an image whose parent is raw.
 * @throws AppError `too-damaged`, `parent-missing`, `parent-mismatch`, `parent-ambiguous`, `chain-loop`,
 *   `chain-too-deep`, and of kind `system`.
 */
export async function proveChain(
  image: PeekedImage,
  options: ParentSearchOptions = {},
): Promise<readonly PeekedImage[]> {
  const chain: PeekedImage[] = [];
  for (let member: PeekedImage | null = image; member;) {
    const { path, metadata, identity }: PeekedImage = member;
    if (chain.length >= CHAIN_DEPTH_MAX)
      throw new AppError(
        'chain-too-deep',
        `The chain of "${image.path}" is longer than ${CHAIN_DEPTH_MAX} images.`,
        { context: { path } },
      );
    if (chain.some((one) => isSameFile(one.identity, identity)))
      throw new AppError('chain-loop', `The parent chain of "${image.path}" comes back to "${path}".`, {
        context: { path },
        data: { parentPath: path },
      });
    if (metadata.type !== 'fixed' && !metadata.header)
      throw new AppError('too-damaged', `"${path}" has no dynamic disk header that could be read.`, {
        context: { path },
      });
    chain.push(member);
    member = metadata.type === 'differencing' ? await parentOf(member, options) : null;
  }
  return chain;
}

async function parentOf(child: PeekedImage, options: ParentSearchOptions): Promise<PeekedImage | null> {
  const resolution = await resolveParent(child, options);
  if (resolution.identity === 'raw') return null;
  if (resolution.identity !== 'proven') throw parentError(child.path, child.metadata, resolution);
  return peekImage(resolution.parent.path);
}
