import type { Input } from '../../../src-shared/ipc';
import { api } from '../../api';

/**
 * The next place at which two images differ, stretch by stretch.
 * @param onStretch is told where the search is; false ends it.
 * @returns null where there is none, or the search was ended. @throws AppError
 */
export async function seekDifference(
  request: Input<'image.difference'>,
  onStretch: (offset: number) => boolean,
): Promise<number | null> {
  let { fromOffset } = request;
  while (onStretch(fromOffset)) {
    const answer = await api().call('image.difference', { ...request, fromOffset });
    if (answer.foundOffset !== null) return onStretch(answer.foundOffset) ? answer.foundOffset : null;
    if (answer.done) return null;
    fromOffset = answer.nextOffset;
  }
  return null;
}
