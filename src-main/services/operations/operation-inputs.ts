import { AppError, invariant } from '../../../src-shared/errors';
import type { OperationSpec, OperationVerb } from '../../../src-shared/ipc/operation';
import type {
  AzureInput,
  CompactInput,
  CompareInput,
  ConvertInput,
  CreateInput,
  DiskSource,
  ExtractInput,
  HashInput,
  HistoryOptions,
  MergeInput,
  RelinkInput,
  ResizeInput,
  SnapshotInput,
} from '../../engine';
import type { JobInput } from '../../jobs';
import type { OperationPaths } from './operation-paths';

/** What a door adds to every operation. */
export interface Surroundings {
  /** Parents are looked for inside these folders only; anywhere where undefined. */
  readonly roots: readonly string[] | undefined;
  readonly history: HistoryOptions;
}

export type Spec<V extends OperationVerb> = Extract<OperationSpec, { verb: V }>;

/** How an operation of the contract becomes the engine's input. */
type InputOf<V extends OperationVerb, I> = (spec: Spec<V>, paths: OperationPaths, around: Surroundings) => I;

/** The path a verb cannot do without; the contract's schema asks for its id. */
export function required(path: string | null): string {
  invariant(path !== null, 'the contract asks for this file');
  return path;
}

function source(path: string | null, { roots }: Surroundings, format?: 'vhd' | 'raw'): DiskSource {
  return { path: required(path), format, roots };
}

/** What a new disk is asked to be, filled or empty. */
function newDisk(spec: Spec<'create'>) {
  const { sizeRule, blockSizeBytes, allocate, creator: creatorApplication, uniqueId, replace } = spec;
  return { sizeRule, blockSizeBytes, allocate, creatorApplication, uniqueId, replace };
}

export function createInput(spec: Spec<'create'>, { target }: OperationPaths): CreateInput {
  if (spec.sizeBytes === undefined)
    throw new AppError('bad-size', 'A size is needed where there is no source to take it from.');
  return { path: required(target), type: spec.type, sizeBytes: spec.sizeBytes, ...newDisk(spec) };
}

/** A new disk filled from a raw file is a conversion of it. */
export const createFromRawInput: InputOf<'create', ConvertInput> = (spec, { target, other }, around) => ({
  source: source(other, around, 'raw'),
  target: required(target),
  to: spec.type,
  sizeBytes: spec.sizeBytes,
  ...newDisk(spec),
});

export const convertInput: InputOf<'convert', ConvertInput> = (spec, { file, target }, around) => ({
  source: source(file, around, spec.from),
  target: required(target),
  to: spec.to,
  blockSizeBytes: spec.blockSizeBytes,
  sizeRule: spec.sizeRule,
  creatorApplication: spec.creator,
  verify: spec.verify,
  replace: spec.replace,
});

export const resizeInput: InputOf<'resize', ResizeInput> = (spec, { file }, around) => {
  const { sizeBytes, shrink, breakChildren, verify } = spec;
  return { image: source(file, around), sizeBytes, shrink, breakChildren, verify, history: around.history };
};

export const mergeInput: InputOf<'merge', MergeInput> = (spec, { file, target, downTo }, around) => ({
  child: source(file, around),
  target: target ?? undefined,
  downTo: downTo ?? undefined,
  deleteChild: spec.deleteChild,
  breakChildren: spec.breakChildren,
  replace: spec.replace,
});

export const azureInput: InputOf<'azure', AzureInput> = (spec, { file, target }, around) => ({
  source: source(file, around),
  target: required(target),
  replace: spec.replace,
});

export const compareInput: InputOf<'compare', CompareInput> = (spec, { file, other, before }, around) => {
  // What a repair mended is the very thing to look at: with a state of before neither side has to be sound.
  const allowDamaged = before?.some((change) => change !== undefined) ?? false;
  return {
    a: { ...source(file, around), before: before?.[0], allowDamaged },
    b: { ...source(other, around), before: before?.[1], allowDamaged },
    strict: spec.strict,
    blockSizeBytes: spec.blockSizeBytes,
  };
};

export const snapshotInput: InputOf<'snapshot', SnapshotInput> = (spec, { file, target }, around) => ({
  parent: source(file, around),
  path: required(target),
  blockSizeBytes: spec.blockSizeBytes,
});

export const compactInput: InputOf<'compact', CompactInput> = (spec, { file, target }, around) => ({
  image: source(file, around),
  target: target ?? undefined,
  realign: spec.realign,
  dropUnclaimed: spec.dropUnclaimed,
  replace: spec.replace,
  history: around.history,
});

export const relinkInput: InputOf<'relink', RelinkInput> = (
  spec,
  { file, parent, searchFolder },
  around,
) => ({
  child: required(file),
  parent: parent ?? undefined,
  searchFolder: searchFolder ?? undefined,
  acceptMismatch: spec.acceptMismatch,
  roots: around.roots,
  history: around.history,
});

export const hashInput: InputOf<'hash', HashInput> = (spec, { file }, around) => ({
  source: source(file, around),
  algorithm: spec.algorithm,
  perBlock: spec.perBlock,
});

export const checkInput: InputOf<'check', JobInput<'check'>> = (spec, { file }, around) => ({
  path: required(file),
  deep: spec.deep,
  chain: spec.chain,
  roots: around.roots,
});

export const extractInput: InputOf<'extract', ExtractInput> = (spec, { file, target }, around) => {
  const { offset, length, replace } = spec;
  return { source: source(file, around), target: required(target), offset, length, replace };
};

export const repairInput: InputOf<'repair', JobInput<'repair'>> = (spec, { file, target }, around) => {
  const { stateToken, only, choose, deep, breakChildren, backup: kind } = spec;
  const { roots, history } = around;
  if ((kind === undefined) !== (target === null))
    throw new AppError('bad-value', 'A copy needs a place, and a place a kind of copy.');
  const backup = kind === undefined || target === null ? undefined : { kind, target };
  return { path: required(file), stateToken, only, choose, deep, breakChildren, backup, roots, history };
};

export const undoInput: InputOf<'undo', JobInput<'undo'>> = (spec, { file }, { roots, history }) => ({
  path: required(file),
  finish: spec.finish,
  roots,
  history,
});

export function rescueInput(spec: Spec<'rescue'>, { file, target }: OperationPaths): JobInput<'rescue'> {
  return { source: required(file), target: required(target), replace: spec.replace };
}
