import { AppError } from '../../../src-shared/errors';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { JobInput, JobRequest, JobVerb } from '../../jobs';
import {
  azureInput,
  compareInput,
  convertInput,
  createFromRawInput,
  createInput,
  mergeInput,
  resizeInput,
  type Surroundings,
} from './operation-inputs';
import type { OperationPaths } from './operation-paths';

export type PathRequest = Omit<JobRequest, 'command' | 'registerProduced'>;

/**
 * An operation as the queue takes it: the engine's input, and the files it reads and writes.
 * @param chain the image's ancestors, which a merge may change.
 */
export function jobRequest(
  spec: OperationSpec,
  paths: OperationPaths,
  around: Surroundings,
  chain: readonly string[],
): PathRequest {
  const { file, target, other, parent, downTo } = paths;
  const named = [file, other, parent, downTo, ...chain].filter((path): path is string => path !== null);
  /** Reads everything that is named, and writes only the new file. */
  const makes = <V extends JobVerb>(verb: V, input: JobInput<V>): PathRequest =>
    request(verb, input, { reads: named, writes: target === null ? [] : [target] });
  /** Changes the image where it lies. */
  const changes = <V extends JobVerb>(verb: V, input: JobInput<V>): PathRequest =>
    request(verb, input, {
      reads: named.filter((path) => path !== file),
      writes: file === null ? [] : [file],
    });
  const request = <V extends JobVerb>(
    verb: V,
    input: JobInput<V>,
    locks: { readonly reads: readonly string[]; readonly writes: readonly string[] },
  ): PathRequest => ({ verb, input, ...locks, source: file ?? other ?? target ?? '', target });

  switch (spec.verb) {
    case 'create':
      return other === null
        ? makes('create', createInput(spec, paths))
        : makes('convert', createFromRawInput(spec, paths, around));
    case 'convert':
      return makes('convert', convertInput(spec, paths, around));
    case 'azure':
      return makes('azure', azureInput(spec, paths, around));
    case 'compare':
      return makes('compare', compareInput(spec, paths, around));
    case 'resize':
      return changes('resize', resizeInput(spec, paths, around));
    case 'merge': {
      const input = mergeInput(spec, paths, around);
      // Into the parent: any image of the chain may be changed, or removed.
      return target === null ? request('merge', input, { reads: [], writes: named }) : makes('merge', input);
    }
    default:
      throw new AppError('unsupported', `"${spec.verb}" is not part of this build.`);
  }
}
