import { AppError } from '../../../src-shared/errors';
import type { OperationPreview } from '../../../src-shared/ipc/contract';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import { preflightCreate } from '../../engine';
import { createInput, type Surroundings } from './job-request';
import type { OperationPaths } from './operation-paths';

type PreviewFacts = Omit<OperationPreview, 'command'>;

/** What can be known before an operation begins. Writes nothing. */
export async function preflightOperation(
  spec: OperationSpec,
  paths: OperationPaths,
  _surroundings: Surroundings,
): Promise<PreviewFacts> {
  if (spec.verb === 'create') {
    return { preflight: await preflightCreate(createInput(spec, paths)), forecast: null, resizeMarks: null };
  }
  throw new AppError('unsupported', `"${spec.verb}" is not part of this build.`);
}
