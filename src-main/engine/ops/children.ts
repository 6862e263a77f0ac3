import path from 'node:path';
import type { PreflightItem } from '../../../src-shared/model/results';
import type { PeekedImage } from '../chain';

/** A pre-flight line about children that a change would break. */
export function childrenItem(children: readonly PeekedImage[], isAccepted: boolean): PreflightItem {
  if (children.length === 0)
    return { code: 'children', level: 'ok', message: 'No image in the folder depends on what changes.' };
  const names = children.map((child) => path.basename(child.path));
  const list = names.map((name) => `"${name}"`).join(', ');
  return isAccepted
    ? {
        code: 'children',
        level: 'warning',
        message: `These depend on what changes and will break: ${list}.`,
        names,
      }
    : {
        code: 'children',
        level: 'blocked',
        message: `These depend on what changes and would break: ${list}.`,
        names,
      };
}
