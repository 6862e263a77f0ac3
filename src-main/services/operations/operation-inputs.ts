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

/** The path a verb cannot do without; the contract's schema asks for its id. */
export function required(path: string | null): string {
  invariant(path !== null, 'the contract asks for this file');
  return path;
}

function source(path: string | null, { roots }: Surroundings, format?: 'vhd' | 'raw'): DiskSource {
  return { path: required(path), format, roots };
}

export function createInput(spec: Spec<'create'>, { target }: OperationPaths): CreateInput {
  if (spec.sizeBytes === undefined)
    throw new AppError('bad-size', 'A size is needed where there is no source to take it from.');
  return {
    path: required(target),
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

/** A new disk filled from a raw file is a conversion of it. */
export function createFromRawInput(
  spec: Spec<'create'>,
  { target, other }: OperationPaths,
  around: Surroundings,
): ConvertInput {
  return {
    source: source(other, around, 'raw'),
    target: required(target),
    to: spec.type,
    sizeBytes: spec.sizeBytes,
    sizeRule: spec.sizeRule,
    blockSizeBytes: spec.blockSizeBytes,
    allocate: spec.allocate,
    creatorApplication: spec.creator,
    uniqueId: spec.uniqueId,
    replace: spec.replace,
  };
}

export function convertInput(
  spec: Spec<'convert'>,
  { file, target }: OperationPaths,
  around: Surroundings,
): ConvertInput {
  return {
    source: source(file, around, spec.from),
    target: required(target),
    to: spec.to,
    blockSizeBytes: spec.blockSizeBytes,
    sizeRule: spec.sizeRule,
    creatorApplication: spec.creator,
    verify: spec.verify,
    replace: spec.replace,
  };
}

export function resizeInput(
  spec: Spec<'resize'>,
  { file }: OperationPaths,
  around: Surroundings,
): ResizeInput {
  const { sizeBytes, shrink, breakChildren, verify } = spec;
  return { image: source(file, around), sizeBytes, shrink, breakChildren, verify, history: around.history };
}

export function mergeInput(
  spec: Spec<'merge'>,
  { file, target, downTo }: OperationPaths,
  around: Surroundings,
): MergeInput {
  return {
    child: source(file, around),
    target: target ?? undefined,
    downTo: downTo ?? undefined,
    deleteChild: spec.deleteChild,
    breakChildren: spec.breakChildren,
    replace: spec.replace,
    history: around.history,
  };
}

export function azureInput(
  spec: Spec<'azure'>,
  { file, target }: OperationPaths,
  around: Surroundings,
): AzureInput {
  return { source: source(file, around), target: required(target), replace: spec.replace };
}

export function compareInput(
  spec: Spec<'compare'>,
  { file, other, before }: OperationPaths,
  around: Surroundings,
): CompareInput {
  // What a repair mended is the very thing to look at: with a state of before neither side has to be sound.
  const allowDamaged = before?.some((change) => change !== undefined) ?? false;
  return {
    a: { ...source(file, around), before: before?.[0], allowDamaged },
    b: { ...source(other, around), before: before?.[1], allowDamaged },
    strict: spec.strict,
    blockSizeBytes: spec.blockSizeBytes,
  };
}

export function snapshotInput(
  spec: Spec<'snapshot'>,
  { file, target }: OperationPaths,
  around: Surroundings,
): SnapshotInput {
  return { parent: source(file, around), path: required(target), blockSizeBytes: spec.blockSizeBytes };
}

export function compactInput(
  spec: Spec<'compact'>,
  { file, target }: OperationPaths,
  around: Surroundings,
): CompactInput {
  return {
    image: source(file, around),
    target: target ?? undefined,
    realign: spec.realign,
    replace: spec.replace,
    history: around.history,
  };
}

export function relinkInput(
  spec: Spec<'relink'>,
  { file, parent, searchFolder }: OperationPaths,
  around: Surroundings,
): RelinkInput {
  return {
    child: required(file),
    parent: parent ?? undefined,
    searchFolder: searchFolder ?? undefined,
    acceptMismatch: spec.acceptMismatch,
    roots: around.roots,
    history: around.history,
  };
}

export function hashInput(spec: Spec<'hash'>, { file }: OperationPaths, around: Surroundings): HashInput {
  return { source: source(file, around), algorithm: spec.algorithm, perBlock: spec.perBlock };
}

export function checkInput(
  spec: Spec<'check'>,
  { file }: OperationPaths,
  around: Surroundings,
): JobInput<'check'> {
  return { path: required(file), deep: spec.deep, chain: spec.chain, roots: around.roots };
}

export function extractInput(
  spec: Spec<'extract'>,
  { file, target }: OperationPaths,
  around: Surroundings,
): ExtractInput {
  const { offset, length, replace } = spec;
  return { source: source(file, around), target: required(target), offset, length, replace };
}

export function repairInput(
  spec: Spec<'repair'>,
  { file, target }: OperationPaths,
  around: Surroundings,
): JobInput<'repair'> {
  const { stateToken, only, choose, deep, breakChildren, backup: kind } = spec;
  const { roots, history } = around;
  if ((kind === undefined) !== (target === null))
    throw new AppError('bad-value', 'A copy needs a place, and a place a kind of copy.');
  const backup = kind === undefined || target === null ? undefined : { kind, target };
  return { path: required(file), stateToken, only, choose, deep, breakChildren, backup, roots, history };
}

export function undoInput(
  spec: Spec<'undo'>,
  { file }: OperationPaths,
  { roots, history }: Surroundings,
): JobInput<'undo'> {
  return { path: required(file), finish: spec.finish, roots, history };
}

export function rescueInput(spec: Spec<'rescue'>, { file, target }: OperationPaths): JobInput<'rescue'> {
  return { source: required(file), target: required(target), replace: spec.replace };
}
