import { AppError } from '../../src-shared/errors';
import type { CheckReport } from '../../src-shared/model/check-report';
import {
  checkImage,
  compactImage,
  compareImages,
  convertImage,
  createImage,
  estimateCompact,
  extractRange,
  hashImage,
  insideRoots,
  makeAzureImage,
  mergeImage,
  relinkImage,
  rescueImage,
  resizeImage,
  snapshotImage,
  type OperationContext,
  type RescueResult,
} from '../engine';

export interface CheckInput {
  readonly path: string;
  readonly deep?: boolean | undefined;
  readonly chain?: boolean | undefined;
  /** Other files are looked at inside these folders only; anywhere unless given. */
  readonly roots?: readonly string[] | undefined;
}

const check = ({ path, deep, chain, roots }: CheckInput, context: OperationContext): Promise<CheckReport> =>
  checkImage(path, { deep, chain, mayOpen: insideRoots(roots), ...context });

export interface RescueInput {
  readonly source: string;
  /** The new image. */
  readonly target: string;
  readonly replace?: boolean | undefined;
}

const rescue = (input: RescueInput, context: OperationContext): Promise<RescueResult> =>
  rescueImage(input.source, input.target, { replace: input.replace, ...context });

/** Every verb that runs as a job, by its name on the command line. The one place that maps a name to an operation. */
export const JOB_VERBS = {
  azure: makeAzureImage,
  check,
  compact: compactImage,
  'compact-estimate': estimateCompact,
  compare: compareImages,
  convert: convertImage,
  create: createImage,
  extract: extractRange,
  hash: hashImage,
  merge: mergeImage,
  relink: relinkImage,
  rescue,
  resize: resizeImage,
  snapshot: snapshotImage,
} satisfies Record<string, (input: never, context: OperationContext) => Promise<unknown>>;

export type JobVerb = keyof typeof JOB_VERBS;
export type JobInput<V extends JobVerb> = Parameters<(typeof JOB_VERBS)[V]>[0];
export type JobResult<V extends JobVerb> = Awaited<ReturnType<(typeof JOB_VERBS)[V]>>;

/** Runs a verb here and now. @throws AppError of the verb; `internal` for a name that is none. */
export function runVerb<V extends JobVerb>(
  verb: V,
  input: JobInput<V>,
  context: OperationContext,
): Promise<JobResult<V>> {
  if (!Object.prototype.hasOwnProperty.call(JOB_VERBS, verb))
    throw new AppError('internal', `"${verb}" is not a verb that runs as a job.`);
  const operation = JOB_VERBS[verb] as (
    input: JobInput<V>,
    context: OperationContext,
  ) => Promise<JobResult<V>>;
  return operation(input, context);
}
