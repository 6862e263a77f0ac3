import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { isSameFile, identityOfPath } from '../io';
import { folderOf } from './image-file';
import { imagesInFolder } from './images-in-folder';
import { isAllowed } from './may-open';
import { peekImage, type PeekedImage } from './peek-image';
import { quotedNames } from './quoted-names';
import type { ParentSearchOptions } from './resolve-parent';

/**
 * Differencing images in an image's own folder whose parent id is its unique id. An image without an id has no
 * children that could be known by it.
 * @throws AppError of kind `system` where the image or its folder cannot be read; unreadable neighbours are skipped.
 */
export async function findChildren(
  imagePath: string,
  uniqueId: string,
  options: Pick<ParentSearchOptions, 'mayOpen'> = {},
): Promise<readonly PeekedImage[]> {
  if (uniqueId === NULL_UUID) return [];
  const own = await identityOfPath(imagePath);
  const children: PeekedImage[] = [];
  for (const candidate of await imagesInFolder(await folderOf(imagePath))) {
    if (!(await isAllowed(candidate, options.mayOpen))) continue;
    const image = await peekImage(candidate).catch(() => null);
    if (image?.metadata.type !== 'differencing' || isSameFile(image.identity, own)) continue;
    if (image.metadata.header?.fields.parentUniqueId === uniqueId) children.push(image);
  }
  return children;
}

/**
 * For every verb that changes what children can see (DESIGN rule 8).
 * @param options.harm what becomes of them, where they do not break.
 * @returns the children that will break, where the person accepted that.
 * @throws AppError `has-children`, naming them.
 */
export async function requireNoChildren(
  imagePath: string,
  uniqueId: string,
  options: Pick<ParentSearchOptions, 'mayOpen'> & {
    readonly breakChildren?: boolean | undefined;
    readonly harm?: string | undefined;
  } = {},
): Promise<readonly PeekedImage[]> {
  const children = await findChildren(imagePath, uniqueId, options);
  if (children.length === 0 || options.breakChildren) return children;
  const harm = options.harm ?? `a change would break ${children.length === 1 ? 'it' : 'them'}`;
  throw new AppError(
    'has-children',
    `"${path.basename(imagePath)}" is the parent of ${quotedNames(children.map((child) => child.path))}; ${harm}.`,
    {
      context: { path: imagePath },
      data: { children: children.map((child) => child.path) },
      unchanged: 'Nothing was written.',
    },
  );
}
