import path from 'node:path';
import type { PreflightItem } from '../../../src-shared/model/results';
import type { PeekedImage } from '../chain';
import { quotedNames } from '../chain/quoted-names';

/** What a parent that grew is to its children, which go on reading the same bytes of it. */
export const HARM_OF_GROWING =
  'Hyper-V refuses a child whose parent has another size, while other programs go on reading it';

/**
 * A pre-flight line about children that a change would break.
 * @param grows the image only becomes larger: its children then stay readable, but not for every program.
 */
export function childrenItem(
  children: readonly PeekedImage[],
  isAccepted: boolean,
  grows = false,
): PreflightItem {
  if (children.length === 0)
    return { code: 'children', level: 'ok', message: 'No image in the folder depends on what changes.' };
  const paths = children.map((child) => child.path);
  const names = paths.map((file) => path.basename(file));
  const list = quotedNames(paths);
  const item = { code: 'children', level: isAccepted ? 'warning' : 'blocked', names } as const;
  if (grows)
    return { ...item, message: `These depend on what changes: ${list}. ${HARM_OF_GROWING}.`, readable: true };
  const breaks = isAccepted ? 'will break' : 'would break';
  return { ...item, message: `These depend on what changes and ${breaks}: ${list}.` };
}
