import type { ChainView } from '../../../src-shared/ipc';
import type { ChainImage, FileRef } from '../../../src-shared/model';

/** One image with the images that stand on it. */
export interface ChainNode {
  readonly image: ChainImage;
  /** Null where it may not be opened. */
  readonly file: FileRef | null;
  readonly children: readonly ChainNode[];
}

/**
 * Bases first, each with its children beneath. An image whose parent is not among them is a root, and so is one image
 * of every loop, so that nothing is left out and nothing is walked twice.
 */
export function chainTree(view: ChainView): ChainNode[] {
  const paths = new Set(view.images.map((image) => image.path));
  const isRoot = (image: ChainImage): boolean => image.parentPath === null || !paths.has(image.parentPath);
  const seen = new Set<string>();

  const build = (image: ChainImage): ChainNode => {
    seen.add(image.path);
    const index = view.images.indexOf(image);
    const children = view.images.filter((other) => other.parentPath === image.path && !seen.has(other.path));
    return { image, file: view.files[index] ?? null, children: children.map(build) };
  };

  const roots = view.images.filter(isRoot).map(build);
  for (const image of view.images) if (!seen.has(image.path)) roots.push(build(image));
  return roots;
}

/** The last part of a path of any system. */
export const baseName = (path: string): string => path.split(/[\\/]/).pop() ?? path;
