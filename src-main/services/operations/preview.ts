import { AppError } from '../../../src-shared/errors';
import type { OperationPreview } from '../../../src-shared/ipc/contract';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { Preflight } from '../../../src-shared/model/results';
import {
  preflightAzure,
  preflightConvert,
  preflightCreate,
  preflightMerge,
  preflightResize,
} from '../../engine';
import {
  azureInput,
  convertInput,
  createFromRawInput,
  createInput,
  mergeInput,
  resizeInput,
  type Surroundings,
} from './operation-inputs';
import type { OperationPaths } from './operation-paths';

type PreviewFacts = Omit<OperationPreview, 'command'>;

/** Nothing is written, so nothing has to be looked at beforehand. */
const READ_ONLY: Preflight = {
  items: [],
  ok: true,
  bytesToWrite: 0,
  predictedFileBytes: null,
  freeBytes: null,
};

/** What can be known before an operation begins. Writes nothing. */
export async function preflightOperation(
  spec: OperationSpec,
  paths: OperationPaths,
  around: Surroundings,
): Promise<PreviewFacts> {
  return { preflight: await preflightOf(spec, paths, around), forecast: null, resizeMarks: null };
}

async function preflightOf(
  spec: OperationSpec,
  paths: OperationPaths,
  around: Surroundings,
): Promise<Preflight> {
  switch (spec.verb) {
    case 'create':
      return paths.other === null
        ? preflightCreate(createInput(spec, paths))
        : preflightConvert(createFromRawInput(spec, paths, around));
    case 'convert':
      return preflightConvert(convertInput(spec, paths, around));
    case 'azure':
      return preflightAzure(azureInput(spec, paths, around));
    case 'resize':
      return preflightResize(resizeInput(spec, paths, around));
    case 'merge':
      return preflightMerge(mergeInput(spec, paths, around));
    case 'compare':
    case 'hash':
    case 'check':
      return READ_ONLY;
    default:
      throw new AppError('unsupported', `"${spec.verb}" is not part of this build.`);
  }
}
