import type { GuestRange } from '../../../../src-shared/model/finding';
import type { ContentProblem, ContentProblemKind } from '../../content/content-problem';
import type { ContentSurvey } from '../../content/read-content';
import type { CheckContext } from '../context';

/** What is wrong of these kinds with the content; empty where there is nothing, or nothing certain to say. */
export async function problemsOf(
  { content }: CheckContext,
  ...kinds: readonly ContentProblemKind[]
): Promise<readonly (ContentProblem & Pick<ContentSurvey, 'diskBytes'>)[]> {
  const survey = await content();
  return (survey?.problems ?? [])
    .filter(({ kind }) => kinds.includes(kind))
    .map((problem) => ({ ...problem, diskBytes: survey?.diskBytes ?? 0 }));
}

/** The part of the problem's place that lies in the disk. */
export function rangesInDisk({
  guest,
  diskBytes,
}: ContentProblem & { readonly diskBytes: number }): GuestRange[] {
  if (!guest || guest.offset >= diskBytes) return [];
  return [{ offset: guest.offset, length: Math.min(guest.length, diskBytes - guest.offset) }];
}
