import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { PreflightItem } from '../../../src-shared/model/results';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { peekImage } from '../chain';
import { imagesInFolder } from '../chain/images-in-folder';
import { folderOf } from '../chain/image-file';

/** Images beside `imagePath` that name its unique id as their parent's, by their paths. */
export async function findChildrenBeside(imagePath: string, uniqueId: string): Promise<readonly string[]> {
  if (uniqueId === NULL_UUID) return [];
  const own = path.resolve(imagePath);
  const children: string[] = [];
  for (const candidate of await imagesInFolder(await folderOf(imagePath)).catch(() => [])) {
    if (path.resolve(candidate) === own) continue;
    // what cannot be read names no parent
    const image = await peekImage(candidate).catch(() => null);
    if (image?.metadata.type === 'differencing' && image.metadata.header?.fields.parentUniqueId === uniqueId)
      children.push(candidate);
  }
  return children;
}

/** A pre-flight line about children that a change would break. */
export function childrenItem(children: readonly string[], isAccepted: boolean): PreflightItem {
  if (children.length === 0)
    return { code: 'children', level: 'ok', message: 'No image in the folder depends on this one.' };
  const names = children.map((child) => `"${path.basename(child)}"`).join(', ');
  return isAccepted
    ? { code: 'children', level: 'warning', message: `These depend on this image and will break: ${names}.` }
    : {
        code: 'children',
        level: 'blocked',
        message: `These depend on this image and would break: ${names}.`,
      };
}

/** @throws AppError `has-children` with their names, unless the person accepted that they break. */
export function requireNoChildren(imagePath: string, children: readonly string[], isAccepted: boolean): void {
  if (children.length === 0 || isAccepted) return;
  throw new AppError('has-children', childrenItem(children, false).message, {
    context: { path: imagePath },
    data: { children },
    unchanged: 'Nothing was written.',
  });
}
