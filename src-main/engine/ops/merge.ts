import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { findChildren, openForWritingDisk, peekImage, type ChainMember } from '../chain';
import { quotedNames } from '../chain/quoted-names';
import type { OperationContext } from '../disk/virtual-disk';
import { freeEntries } from '../format';
import { flushFolder, isSameFile, openForWriting } from '../io';
import {
  beginMergeMark,
  endMergeMark,
  mergeCancelledError,
  mergeUnderWayOf,
  resumedMerge,
  type MergeMark,
} from '../repair';
import { contentBefore, showsContent, type ContentBefore } from './content-fingerprint';
import { insideRoots, openSource } from './disk-source';
import { cutLeftBehind } from './merge-tail';
import { mergeLayers } from './merge-layers';
import { mergeIntoNew } from './merge-into-new';
import { layerIdsOf, planMerge, preflightOf, type MergeInput, type MergePlan } from './merge-plan';
import { throwIfCancelled } from './operation';
import { requirePassed } from './preflight';
import { withUniqueId } from './sparse-image';

/** What `mergeImage` would find and write. */
export async function preflightMerge(input: MergeInput): Promise<Preflight> {
  const opened = await openSource({ ...input.child, format: 'vhd' });
  try {
    return await preflightOf(input, await planMerge(input, opened));
  } finally {
    await opened.close();
  }
}

/**
 * Merges a child into its parent or a further ancestor, or both into a new file: exactly the sectors whose bits are
 * set, zeros among them; block sizes may differ. The content shown before is compared with what the result shows.
 *
 * Into the parent there is nothing to undo and nothing to lose: every sector that changes there is hidden by the
 * child, so that child and parent show the same before, during and after; a merge that was interrupted is finished by
 * merging again, and a mark beside the parent says so from before the first write until the parent is verified. The child
 * is not touched until then.
 * @throws AppError `type-mismatch`, `has-children`, `saved-state`, `sizes-differ`, `size-limit`, `verify-failed`, `cancelled`, and those
 *   of opening for writing.
 */
export async function mergeImage(
  input: MergeInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  if (input.target === undefined) await takeBackNewId(input);
  const opened = await openSource({ ...input.child, format: 'vhd' });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await opened.close();
    isOpen = false;
  };
  try {
    const plan = await planMerge(input, opened);
    const target = input.target ?? plan.ancestor.path;
    const warnings = requirePassed(await preflightOf(input, plan, context), target);
    throwIfCancelled(context);
    const before = await contentBefore(opened.disk, context);
    const result =
      input.target === undefined
        ? await mergeIntoAncestor(input, plan, before, context)
        : await mergeIntoNew({ ...input, target: input.target }, plan, before, context);
    await close();
    const needed = await stillNeeded(input, plan);
    const changed = [...result.changed, ...(await finishChild(input, plan, needed.names))];
    return { ...result, changed, warnings: [...warnings, ...needed.warnings] };
  } finally {
    await close();
  }
}

async function mergeIntoAncestor(
  input: MergeInput,
  plan: MergePlan,
  before: ContentBefore,
  context: OperationContext,
): Promise<OperationResult> {
  // known beforehand, so that a merge that ends while it is given can be gone on with
  const mark = markOf(plan, plan.resumed?.newId ?? randomUUID());
  try {
    return await mergeUnderMark(input, plan, mark, before, context);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'cancelled') throw error;
    const isBegun = (await resumedMerge(plan.ancestor.path, mark.layerIds)) !== null;
    throw isBegun ? mergeCancelledError(mark, plan.ancestor.path, error) : error;
  }
}

async function mergeUnderMark(
  input: MergeInput,
  plan: MergePlan,
  mergeMark: MergeMark & { readonly newId: string },
  before: ContentBefore,
  context: OperationContext,
): Promise<OperationResult> {
  const { opened, ancestor } = plan;
  const { parents, rawParent, roots } = input.child;
  const open = {
    parents,
    rawParent,
    mayOpen: insideRoots(roots),
    format: ancestor.metadata ? ('vhd' as const) : ('raw' as const),
  };
  const { allowUnlocked } = input;
  const { resumed } = plan;
  const seen = resumed
    ? await cutLeftBehind(ancestor.path, { allowUnlocked, seen: ancestor.identity ?? undefined })
    : (ancestor.identity ?? undefined);
  // it is opened anew, twice; only what lies above it is read from the chain
  freeBat(ancestor.metadata);
  const writable = await openForWritingDisk(ancestor.path, { ...open, seen, allowUnlocked });
  try {
    if (!resumed) {
      const { path: parentPath, metadata } = ancestor;
      const uniqueId = metadata?.active?.fields.uniqueId ?? null;
      const fileSizeBytes = await writable.file.size();
      await beginMergeMark({ path: parentPath, uniqueId, fileSizeBytes }, mergeMark);
    }
    await mergeLayers(plan.merged, writable.disk, context);
    await writable.disk.flush();
  } finally {
    await writable.close();
    freeBat(writable.metadata);
  }
  const merged = await openSource({ path: ancestor.path, parents, rawParent, roots, format: open.format });
  try {
    // it keeps its size, which may be more than its child has
    const { sizeBytes } = ancestor.disk;
    if (!(await showsContent(merged.disk, { ...before, sizeBytes }, context))) {
      throw new AppError('verify-failed', `"${ancestor.path}" does not show what "${opened.path}" showed.`, {
        unchanged: 'The child is untouched and still shows what it did; merging again is safe.',
      });
    }
  } finally {
    await merged.close();
  }
  const changed = [
    `"${ancestor.path}" shows now what "${opened.path}" shows; ${formatSizeBoth(plan.merged.totalBytes)} were merged.`,
  ];
  if (plan.others.length > 0) {
    await giveId(ancestor.path, mergeMark.newId, input);
    changed.push('The parent has a new unique id, so that its other children notice that they are lost.');
  }
  // last: until then the other children are told that what they see is mixed
  await endMergeMark(ancestor.path);
  return {
    path: ancestor.path,
    changed,
    virtualSizeBytes: ancestor.disk.sizeBytes,
    fileSizeBeforeBytes: ancestor.metadata?.fileSizeBytes ?? ancestor.disk.sizeBytes,
    fileSizeBytes: (await fs.stat(ancestor.path)).size,
    verified: true,
    contentHash: null,
    journal: null,
    warnings: [],
  };
}

function freeBat(metadata: ChainMember['metadata']): void {
  if (metadata?.bat) freeEntries(metadata.bat.entries);
}

const markOf = ({ opened, layers, depth, others }: MergePlan, newId: string) => ({
  childPath: path.resolve(opened.path),
  layerIds: layerIdsOf(layers),
  isDeep: depth > 1,
  breaksChildren: others.length > 0,
  newId,
});

/** Another unique id, in both footers. There is no way back: the other children would take the merged content for theirs. */
async function giveId(
  imagePath: string,
  uniqueId: string,
  { allowUnlocked }: Pick<MergeInput, 'allowUnlocked'>,
): Promise<void> {
  const file = await openForWriting(imagePath, { allowUnlocked });
  try {
    await withUniqueId(file, uniqueId);
    await file.flush();
  } finally {
    await file.close();
  }
}

/**
 * A merge that ended between the parent's new id and the removal of its mark: the parent gets the old id again, without
 * which the child does not find it, and everything is merged once more.
 */
async function takeBackNewId(input: MergeInput): Promise<void> {
  const found = await mergeUnderWayOf(input.child.path, insideRoots(input.child.roots));
  const oldId = found?.journal.begin.uniqueId;
  const newId = found?.mark.newId;
  if (!found || !newId || !oldId) return;
  const { footer, footerCopy } = (await peekImage(found.parentPath)).metadata;
  if ([footer, footerCopy].some((one) => one?.fields.uniqueId === newId))
    await giveId(found.parentPath, oldId, input);
}

/** Deletes the merged images where that was asked for, or says that they are not needed any more. */
async function finishChild(
  input: MergeInput,
  { layers }: MergePlan,
  needed: ReadonlySet<string>,
): Promise<string[]> {
  if (input.target !== undefined) return [];
  if (!input.deleteChild) {
    const spare = layers.filter((layer) => !needed.has(layer.path));
    if (spare.length === 0) return [];
    return [`${quoted(spare)} ${spare.length === 1 ? 'is' : 'are'} redundant now and may be deleted.`];
  }
  const names = quoted(layers);
  for (const layer of layers) {
    await fs.rm(layer.path);
    await flushFolder(path.dirname(layer.path));
  }
  return [`${names} ${layers.length === 1 ? 'was' : 'were'} deleted.`];
}

const quoted = (images: readonly { readonly path: string }[]): string =>
  quotedNames(images.map((image) => image.path));

/** Merged images that stay and that another image stands on, such as a younger child of the one merged. */
async function stillNeeded(
  input: MergeInput,
  { layers }: MergePlan,
): Promise<{ readonly names: ReadonlySet<string>; readonly warnings: string[] }> {
  const names = new Set<string>();
  const warnings: string[] = [];
  if (input.target !== undefined || input.deleteChild) return { names, warnings };
  const mayOpen = insideRoots(input.child.roots);
  for (const [index, layer] of layers.entries()) {
    const uniqueId = layer.metadata?.active?.fields.uniqueId ?? NULL_UUID;
    const below = layers[index - 1]?.identity;
    // merged already: a folder that cannot be listed must not make it look failed
    const children = (await findChildren(layer.path, uniqueId, { mayOpen }).catch(() => [])).filter(
      (child) => !below || !isSameFile(child.identity, below),
    );
    // an upper image is needed as well where the one below it is
    const isBelowNeeded = names.has(layers[index - 1]?.path ?? '');
    if (children.length === 0 && !isBelowNeeded) continue;
    names.add(layer.path);
    if (children.length === 0) continue;
    const list = quoted(children);
    warnings.push(
      `${list} ${children.length === 1 ? 'stands' : 'stand'} on "${path.basename(layer.path)}": keep it, or relink ${list} first.`,
    );
  }
  return { names, warnings };
}
