import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { JobInput, JobRequest, JobVerb } from '../../jobs';
import {
  azureInput,
  checkInput,
  compactInput,
  compareInput,
  convertInput,
  createFromRawInput,
  createInput,
  extractInput,
  hashInput,
  mergeInput,
  relinkInput,
  repairInput,
  rescueInput,
  resizeInput,
  snapshotInput,
  undoInput,
  type Surroundings,
} from './operation-inputs';
import type { OperationPaths } from './operation-paths';

export type PathRequest = Omit<JobRequest, 'command' | 'registerProduced' | 'subjectIds' | 'changedIds'> & {
  /** Images that are changed where they lie; the live map shows what is written of them. */
  readonly changes: readonly string[];
};

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
      changes: file === null ? [] : [file],
    });
  const request = <V extends JobVerb>(
    verb: V,
    input: JobInput<V>,
    files: Pick<PathRequest, 'reads' | 'writes'> & Partial<Pick<PathRequest, 'changes'>>,
  ): PathRequest => ({ verb, input, changes: [], ...files, source: file ?? other ?? target ?? '', target });

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
      if (target !== null) return makes('merge', input);
      const ancestor = downTo ?? chain[0];
      return request('merge', input, { reads: [], writes: named, changes: ancestor ? [ancestor] : [] });
    }
    case 'snapshot':
      return makes('snapshot', snapshotInput(spec, paths, around));
    case 'compact': {
      const input = compactInput(spec, paths, around);
      if (spec.estimate) return request('compact-estimate', input, { reads: named, writes: [] });
      return target === null ? changes('compact', input) : makes('compact', input);
    }
    case 'relink':
      return changes('relink', relinkInput(spec, paths, around));
    case 'hash':
      return makes('hash', hashInput(spec, paths, around));
    case 'check':
      return makes('check', checkInput(spec, paths, around));
    case 'extract':
      return makes('extract', extractInput(spec, paths, around));
    case 'repair': {
      // The image is changed where it lies; a copy of it, where one is asked for, is a new file beside that.
      const written = [file, target].filter((path): path is string => path !== null);
      const reads = named.filter((path) => path !== file);
      const input = repairInput(spec, paths, around);
      return request('repair', input, { reads, writes: written, changes: file === null ? [] : [file] });
    }
    case 'undo':
      return changes('undo', undoInput(spec, paths, around));
    case 'rescue':
      return makes('rescue', rescueInput(spec, paths));
  }
}
