import { AppError } from '../../src-shared/errors';
import type { CheckReport } from '../../src-shared/model/check-report';
import type { RepairPlan } from '../../src-shared/model/repair-plan';
import type { UndoResult } from '../../src-shared/model/undo';
import {
  applyRepair,
  checkImage,
  compactImage,
  compareImages,
  convertImage,
  createImage,
  estimateCompact,
  extractRange,
  finishRepair,
  hashImage,
  insideRoots,
  makeAzureImage,
  mergeImage,
  relinkImage,
  rescueImage,
  resizeImage,
  snapshotImage,
  undoImage,
  type BackupRequest,
  type HistoryOptions,
  type OperationContext,
  type RepairRequest,
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

export interface RepairJobInput extends RepairRequest {
  readonly path: string;
  readonly stateToken: string;
  readonly deep?: boolean | undefined;
  readonly breakChildren?: boolean | undefined;
  readonly backup?: BackupRequest | undefined;
  readonly roots?: readonly string[] | undefined;
  readonly history?: HistoryOptions | undefined;
}

const repair = (
  { path, stateToken, roots, history, ...request }: RepairJobInput,
  context: OperationContext,
): Promise<RepairPlan> =>
  applyRepair(path, { ...request, ...history, mayOpen: insideRoots(roots), ...context }, stateToken);

export interface UndoJobInput {
  readonly path: string;
  readonly finish: boolean;
  readonly roots?: readonly string[] | undefined;
  readonly history?: HistoryOptions | undefined;
}

const undo = (
  { path, finish, roots, history }: UndoJobInput,
  context: OperationContext,
): Promise<RepairPlan | UndoResult> =>
  finish
    ? finishRepair(path, { ...history, mayOpen: insideRoots(roots), ...context })
    : undoImage(path, { ...history, mayOpen: insideRoots(roots) });

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
  repair,
  rescue,
  resize: resizeImage,
  snapshot: snapshotImage,
  undo,
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
