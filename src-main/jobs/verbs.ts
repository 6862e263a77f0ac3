import { AppError } from '../../src-shared/errors';
import {
  compactImage,
  compareImages,
  convertImage,
  createImage,
  makeAzureImage,
  mergeImage,
  resizeImage,
  type OperationContext,
} from '../engine';

/** Every verb that runs as a job, by its name on the command line. The one place that maps a name to an operation. */
export const JOB_VERBS = {
  azure: makeAzureImage,
  compact: compactImage,
  compare: compareImages,
  convert: convertImage,
  create: createImage,
  merge: mergeImage,
  resize: resizeImage,
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
