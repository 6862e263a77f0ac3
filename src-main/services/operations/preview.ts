import path from 'node:path';
import type { OperationPreview } from '../../../src-shared/ipc/contract';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { Preflight } from '../../../src-shared/model/results';
import {
  chainReport,
  checkImage,
  estimateCompact,
  insideRoots,
  preflightAzure,
  preflightCompact,
  preflightConvert,
  preflightCreate,
  preflightExtract,
  preflightMerge,
  preflightResize,
  preflightSnapshot,
  runPreflight,
} from '../../engine';
import {
  azureInput,
  compactInput,
  convertInput,
  createFromRawInput,
  createInput,
  extractInput,
  mergeInput,
  required,
  resizeInput,
  snapshotInput,
  type Surroundings,
} from './operation-inputs';
import type { OperationPaths } from './operation-paths';
import { findResizeMarks } from './resize-marks';

type PreviewFacts = Omit<OperationPreview, 'command' | 'reviewToken'>;

/** Nothing is written, so nothing has to be looked at beforehand. */
const READ_ONLY: Preflight = {
  items: [],
  ok: true,
  bytesToWrite: 0,
  predictedFileBytes: null,
  freeBytes: null,
};

/** Its size is known only once it is made. */
const NEW_FILE = { bytesToWrite: null, predictedFileBytes: null } as const;

/** What can be known before an operation begins. Writes nothing. */
export async function preflightOperation(
  spec: OperationSpec,
  paths: OperationPaths,
  around: Surroundings,
): Promise<PreviewFacts> {
  return {
    preflight: await preflightOf(spec, paths, around),
    forecast: spec.verb === 'compact' ? await estimateCompact(compactInput(spec, paths, around)) : null,
    resizeMarks:
      spec.verb === 'resize' ? await findResizeMarks(resizeInput(spec, paths, around).image) : null,
  };
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
      return withChainWarnings(
        await preflightMerge(mergeInput(spec, paths, around)),
        required(paths.file),
        around,
      );
    case 'compact':
      return spec.estimate ? READ_ONLY : preflightCompact(compactInput(spec, paths, around));
    case 'snapshot':
      return preflightSnapshot(snapshotInput(spec, paths, around));
    case 'rescue':
      return runPreflight({
        ...NEW_FILE,
        target: required(paths.target),
        replace: spec.replace,
        reads: [{ path: required(paths.file) }],
      });
    case 'extract':
      return preflightExtract(extractInput(spec, paths, around));
    case 'relink':
      return runPreflight({ ...NEW_FILE, target: required(paths.file), inPlace: true });
    case 'repair':
      return paths.target === null
        ? runPreflight({ ...NEW_FILE, target: required(paths.file), inPlace: true })
        : runPreflight({ ...NEW_FILE, target: paths.target });
    case 'undo':
      return runPreflight({ ...NEW_FILE, target: required(paths.file), inPlace: true });
    case 'compare':
    case 'hash':
    case 'check':
      return READ_ONLY;
  }
}

/** What is doubtful about the chain, where the wrong parent would get the content. */
async function withChainWarnings(
  preflight: Preflight,
  file: string,
  { roots }: Surroundings,
): Promise<Preflight> {
  const mayOpen = insideRoots(roots);
  const { images } = await chainReport(file, { mayOpen });
  const items: Preflight['items'][number][] = images.flatMap(({ problems }) =>
    problems.map(({ code, message }) => ({ code, level: 'warning' as const, message })),
  );
  for (const { path: ancestor, type } of images.slice(1)) {
    if (type === null || type === 'raw') continue;
    const { findings } = await checkImage(ancestor, { mayOpen, chain: true, only: ['duplicate-unique-id'] });
    for (const { code, detail } of findings)
      items.push({
        code,
        level: 'warning',
        message: `"${path.basename(ancestor)}" may not be the parent: ${detail}`,
      });
  }
  return { ...preflight, items: [...preflight.items, ...items] };
}
