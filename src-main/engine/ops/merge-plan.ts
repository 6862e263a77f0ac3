import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { Preflight, PreflightItem } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { findChildren, type ChainMember, type OpenedDisk, type PeekedImage } from '../chain';
import { requireOneFile } from '../chain/split-set';
import type { OperationContext } from '../disk/virtual-disk';
import { identityOfPath, isSameFile } from '../io';
import { requireNotBeingMerged, resumedMerge, type MergeMark } from '../repair';
import { childrenItem } from './children';
import { insideRoots, requireNoSavedState, type DiskSource } from './disk-source';
import { layersAbove, type MergedLayers } from './merge-layers';
import { runPreflight } from './preflight';
import { firstDataFrom } from './shrink-check';

export interface MergeInput {
  readonly child: DiskSource;
  /** A new file for the merged image; absent: into the parent, where it lies. */
  readonly target?: string | undefined;
  /** The ancestor that everything down from the child is merged with; its parent by default. */
  readonly downTo?: string | undefined;
  /** Removes the merged images once the ancestor is verified; into the parent only. */
  readonly deleteChild?: boolean | undefined;
  /** Other children of the images merged into may break; the ancestor then gets a new id, so that they say so. */
  readonly breakChildren?: boolean | undefined;
  readonly replace?: boolean | undefined;
  /** Go on where no lock can be had at all; a lock that somebody else holds always stops. */
  readonly allowUnlocked?: boolean | undefined;
}

export interface MergePlan {
  readonly opened: OpenedDisk;
  /** Members from the child to the one above the ancestor. */
  readonly layers: readonly ChainMember[];
  readonly ancestor: ChainMember;
  /** Index of the ancestor in the chain. */
  readonly depth: number;
  /** Images that depend on what changes and are no part of the merge. */
  readonly others: readonly PeekedImage[];
  /** The mark of this merge where it was begun before: it is gone on with. */
  readonly resumed: MergeMark | null;
  /** What the layers hold. */
  readonly merged: MergedLayers;
}

/**
 * Finds what is merged into what.
 * @throws AppError where it cannot be; `unsupported` where a split set would be changed or deleted; `journal-pending` where the parent is in the
 * middle of another change.
 */
export async function planMerge(input: MergeInput, opened: OpenedDisk): Promise<MergePlan> {
  const { chain, metadata, path: childPath } = opened;
  if (metadata?.type !== 'differencing')
    throw new AppError(
      'type-mismatch',
      `"${childPath}" is not a differencing image, so there is nothing to merge it with.`,
    );
  if (input.deleteChild && input.target !== undefined)
    throw new AppError('bad-value', 'The child is only deleted where it was merged into its parent.');
  const depth = await depthOf(chain, input.downTo);
  const ancestor = chain[depth];
  if (!ancestor) throw new AppError('internal', 'a differencing image has a parent');
  if (ancestor.metadata) requireNoSavedState(ancestor.metadata, ancestor.path);
  const layers = chain.slice(0, depth);
  if (input.target === undefined) requireOneFile(ancestor.file);
  // further pieces would stay behind
  if (input.deleteChild) for (const { file } of layers) requireOneFile(file);
  if (input.target === undefined) await requireNotBeingMerged(ancestor.path, insideRoots(input.child.roots));
  return {
    opened,
    layers,
    ancestor,
    depth,
    resumed: input.target === undefined ? await resumedMerge(ancestor.path, layerIdsOf(layers)) : null,
    others: input.target === undefined ? await otherChildren(input, chain.slice(0, depth + 1)) : [],
    merged: await layersAbove(chain, depth),
  };
}

export const layerIdsOf = (layers: readonly ChainMember[]): string[] =>
  layers.map(({ metadata }) => metadata?.active?.fields.uniqueId ?? NULL_UUID);

/** Index in the chain of the ancestor that is named; 1, the parent, where none is. @throws AppError `bad-value`. */
async function depthOf(chain: readonly ChainMember[], downTo: string | undefined): Promise<number> {
  if (downTo === undefined) return 1;
  const wanted = await identityOfPath(downTo);
  const depth = chain.findIndex(({ identity }) => identity !== null && isSameFile(identity, wanted));
  if (depth >= 1) return depth;
  throw new AppError('bad-value', `"${downTo}" is no ancestor of "${chain[0]?.path ?? ''}".`, {
    data: { ancestors: chain.slice(1).map((member) => member.path) },
  });
}

/** Children of the changed images that are not in the line itself; those of the child, too, if it is to be deleted. */
async function otherChildren(
  input: MergeInput,
  line: readonly ChainMember[],
): Promise<readonly PeekedImage[]> {
  const mayOpen = insideRoots(input.child.roots);
  const others: PeekedImage[] = [];
  for (const [index, member] of line.entries()) {
    if (index === 0 && !input.deleteChild) continue;
    const below = line[index - 1]?.identity;
    const uniqueId = member.metadata?.active?.fields.uniqueId ?? NULL_UUID;
    for (const child of await findChildren(member.path, uniqueId, { mayOpen })) {
      if (!below || !isSameFile(child.identity, below)) others.push(child);
    }
  }
  return others;
}

export async function preflightOf(
  input: MergeInput,
  plan: MergePlan,
  context: OperationContext = {},
): Promise<Preflight> {
  const { ancestor } = plan;
  const bytesToWrite = plan.merged.totalBytes;
  const fileBytes = ancestor.metadata?.fileSizeBytes ?? ancestor.disk.sizeBytes;
  const isFlat = ancestor.metadata === null || ancestor.metadata.type === 'fixed';
  const grownBytes = Math.max(0, plan.opened.disk.sizeBytes - ancestor.disk.sizeBytes);
  return runPreflight({
    target: input.target ?? ancestor.path,
    replace: input.replace,
    inPlace: input.target === undefined,
    bytesToWrite: input.target === undefined ? bytesToWrite : bytesToWrite + fileBytes,
    predictedFileBytes: null,
    holeBytes: input.target !== undefined && isFlat ? grownBytes : 0,
    reads: plan.opened.chain,
    more: [
      ...unsureItems(input, plan),
      ...(await sizeItems(input.target === undefined, plan, context)),
      childrenItem(plan.others, input.breakChildren === true),
    ],
  });
}

/**
 * A parent that was found by its id alone may be a copy that went another way: what is merged into it is mixed for good.
 * Naming it accepts it. A merge that was begun goes on: the parent was accepted then.
 */
function unsureItems(input: MergeInput, { opened, depth, resumed }: MergePlan): PreflightItem[] {
  if (input.target !== undefined || resumed) return [];
  const at = opened.chain.findIndex(({ foundBy }, index) => index <= depth && foundBy === 'unique id');
  const [child, parent] = [opened.chain[at - 1], opened.chain[at]];
  if (!child || !parent) return [];
  const message = `"${parent.path}" is not the file that "${child.path}" names as its parent: it was taken because it has the same unique id, which a copy has, too.`;
  const hint = `Put the parent back. If "${path.basename(parent.path)}" is the parent, say so first: platter relink "${child.path}" --parent "${parent.path}"`;
  return [{ code: 'parent-unsure', level: 'blocked', message, hint }];
}

/** A parent keeps its size, so that what it holds behind its child's end would show again; a new file gets the child's. */
async function sizeItems(
  isIntoAncestor: boolean,
  { opened, ancestor }: MergePlan,
  context: OperationContext,
): Promise<PreflightItem[]> {
  const [childBytes, ancestorBytes] = [opened.disk.sizeBytes, ancestor.disk.sizeBytes];
  if (childBytes === ancestorBytes) return [];
  const [child, parent] = [opened, ancestor].map((image) => `"${path.basename(image.path)}"`);
  const sizes = `${child} has ${formatSizeBoth(childBytes)}, ${parent} ${formatSizeBoth(ancestorBytes)}`;
  const instead = `${child} can be merged into a new file, or once it has the size of ${parent}.`;
  const item = (level: PreflightItem['level'], message: string): PreflightItem[] => [
    { code: 'sizes', level, message },
  ];
  if (!isIntoAncestor) return item('ok', `${sizes}: the new image gets the size of ${child}.`);
  if (childBytes > ancestorBytes) return item('blocked', `${sizes}, which is too small for it. ${instead}`);
  const dataOffset = await firstDataFrom(ancestor.disk, childBytes, context);
  if (dataOffset === null)
    return item('warning', `${sizes}: it stays larger, and zeros are all it holds there.`);
  return item(
    'blocked',
    `${sizes}, and holds data at byte ${dataOffset}: behind the end of ${child}, where it would show again. ${instead}`,
  );
}
