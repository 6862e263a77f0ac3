import type { ChainView } from '../../../src-shared/ipc/contract';
import { chainReport } from '../../engine';
import type { FileRegistry } from '../files/file-registry';
import type { Roots } from '../files/roots';

/**
 * The chain of an image, or every image of a folder with its edges, and an id for each image that may be opened.
 * @throws AppError as chainReport.
 */
export async function lookAtChain(
  registry: FileRegistry,
  roots: Roots,
  path: string,
  recursive = false,
): Promise<ChainView> {
  const { images } = await chainReport(path, { recursive, mayOpen: (other) => roots.allows(other) });
  return {
    images,
    files: images.map((image) => (roots.allows(image.path) ? registry.register(image.path) : null)),
  };
}
