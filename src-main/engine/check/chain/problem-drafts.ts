import path from 'node:path';
import type { ChainProblemCode } from '../../../../src-shared/model/chain';
import type { CheckContext } from '../context';
import type { FindingDraft } from '../rule';
import type { ChainWalk } from './walk-chain';

/** Every problem of one kind in the chain as a draft: the image's own edge first, then those of its ancestors. */
export async function problemDrafts(context: CheckContext, code: ChainProblemCode): Promise<FindingDraft[]> {
  return draftsOf(await context.chain(), code);
}

/** The same of what is known of a chain. */
export function draftsOf({ problems, ancestors }: ChainWalk, code: ChainProblemCode): FindingDraft[] {
  const own = problems.map((problem) => ({ problem, depth: 0, name: null as string | null }));
  const others = ancestors.flatMap((image, at) =>
    image.problems.map((problem) => ({ problem, depth: at + 1, name: path.basename(image.path) })),
  );
  return [...own, ...others]
    .filter(({ problem }) => problem.code === code)
    .map(({ problem, depth, name }) => ({
      severity: problem.severity,
      where: { structure: 'chain', offset: 0, length: 0, index: depth },
      detail: name === null ? problem.message : `In its ancestor "${name}": ${problem.message}`,
      evidence: [{ field: 'chainDepth', found: String(depth) }],
    }));
}
