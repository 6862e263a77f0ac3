import { AppError, invariant } from '../../../src-shared/errors';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { CreateInput, HistoryOptions } from '../../engine';
import type { JobRequest } from '../../jobs';
import type { OperationPaths } from './operation-paths';

/** What a door adds to every operation. */
export interface Surroundings {
  /** Parents are looked for inside these folders only; anywhere where undefined. */
  readonly roots: readonly string[] | undefined;
  readonly history: HistoryOptions;
}

type Request = Omit<JobRequest, 'command' | 'registerProduced'>;

/** What `create` asks of the engine. */
export function createInput(
  spec: Extract<OperationSpec, { verb: 'create' }>,
  { target }: OperationPaths,
): CreateInput {
  invariant(target !== null, 'create has a target');
  if (spec.sizeBytes === undefined)
    throw new AppError('bad-size', 'A size is needed where there is no source to take it from.');
  return {
    path: target,
    type: spec.type,
    sizeBytes: spec.sizeBytes,
    sizeRule: spec.sizeRule,
    blockSizeBytes: spec.blockSizeBytes,
    allocate: spec.allocate,
    creatorApplication: spec.creator,
    uniqueId: spec.uniqueId,
    replace: spec.replace,
  };
}

/** An operation as the queue takes it: the engine's input, and the files it reads and writes. */
export function jobRequest(spec: OperationSpec, paths: OperationPaths, _surroundings: Surroundings): Request {
  if (spec.verb === 'create') {
    const input = createInput(spec, paths);
    return { verb: 'create', input, reads: [], writes: [input.path], source: input.path, target: input.path };
  }
  throw new AppError('unsupported', `"${spec.verb}" is not part of this build.`);
}
