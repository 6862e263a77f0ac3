import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import {
  DEFAULT_BLOCK_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  USUAL_HEADER_OFFSET,
} from '../../../src-shared/vhd/constants';
import { predictLayout, roundUpToSector } from '../../../src-shared/vhd/layout';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import {
  folderOf,
  linkSizeBytes,
  linkTo,
  NO_IDENTITY,
  peekImage,
  placeLink,
  readLocators,
  realImagePath,
  resolveParent,
  type OpenedDisk,
  type PeekedImage,
  type PlacedLink,
} from '../chain';
import { readMetadata, type OperationContext } from '../disk';
import { encodeDynamicHeader, writeEmptyBat } from '../format';
import { isSameFile, type RandomAccessFile } from '../io';
import { requireNotHalfChanged } from '../repair';
import { openOutput, pathsOf } from './open-output';
import { openSource, requireSourceUnchanged, type DiskSource } from './disk-source';
import { newFooterBytes, requireSoundLayout, type NewImageIdentity } from './new-image';
import { throwIfCancelled } from './operation';
import { requirePassed, runPreflight } from './preflight';
import { parentNameItems } from './preflight-path';

export interface SnapshotInput extends NewImageIdentity {
  /** The parent; a differencing one with what is needed to find its own. */
  readonly parent: DiskSource;
  /** The new child. */
  readonly path: string;
  /** Data bytes of a block; the parent's unless given, 2 MiB for a fixed parent. */
  readonly blockSizeBytes?: number | undefined;
  readonly replace?: boolean | undefined;
}

/** What `snapshotImage` would do. @throws AppError as that. */
export async function preflightSnapshot(input: SnapshotInput): Promise<Preflight> {
  await requireNotHalfChanged(input.parent.path);
  const opened = await openSource({ ...input.parent, format: 'vhd' });
  try {
    const parent = await peekImage(await realImagePath(opened.path));
    requireId(parent);
    return await preflightOf(input, opened, await planChild(input, opened, parent));
  } finally {
    await opened.close();
  }
}

/**
 * Makes a new, empty differencing child of an image: as large as the parent, with a new id, and naming the parent so
 * that Windows, VirtualBox, Xen, 7-Zip and QEMU's relatives find it. The parent is not touched. Published only after
 * the child has been read back and led to that very parent.
 * @throws AppError those of opening the parent; `unsupported` for a parent without a unique id; `journal-pending` for one
 *   that is half changed; `bad-value`,
 *   `size-limit`, `target-exists`, `verify-failed`, and of kind `system`.
 */
export async function snapshotImage(
  input: SnapshotInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  await requireNotHalfChanged(input.parent.path);
  const opened = await openSource({ ...input.parent, format: 'vhd' });
  try {
    const parent = await peekImage(await realImagePath(opened.path));
    requireId(parent);
    const plan = await planChild(input, opened, parent);
    const warnings = [...plan.warnings, ...requirePassed(await preflightOf(input, opened, plan), input.path)];
    throwIfCancelled(context);
    const output = await openOutput(input.path, input.replace, pathsOf(opened));
    try {
      await writeChild(output.file, input, plan);
      await output.file.flush();
      await verifyChild(output.file, input.path, parent);
      await requireSourceUnchanged(opened);
      throwIfCancelled(context);
      const fileSizeBytes = await output.file.size();
      await output.publish();
      return {
        path: input.path,
        changed: [`Made a differencing child of "${path.basename(parent.path)}".`],
        virtualSizeBytes: opened.disk.sizeBytes,
        fileSizeBeforeBytes: null,
        fileSizeBytes,
        verified: true,
        contentHash: null,
        journal: null,
        warnings,
      };
    } finally {
      await output.discard();
    }
  } finally {
    await opened.close();
  }
}

function requireId(parent: PeekedImage): void {
  const { active } = parent.metadata;
  if (active && active.fields.uniqueId !== NULL_UUID) return;
  throw new AppError(
    'unsupported',
    `"${parent.path}" has no unique id, so that no child could prove it to be its parent.`,
    {
      hint: 'Give it one first with "platter edit FILE --set uniqueId=random".',
      context: { path: parent.path },
    },
  );
}

/** What a new child comes to. */
interface ChildPlan {
  readonly sizeBytes: number;
  readonly blockSizeBytes: number;
  readonly batOffset: number;
  readonly maxTableEntries: number;
  readonly placed: PlacedLink;
  readonly warnings: readonly string[];
}

async function planChild(input: SnapshotInput, opened: OpenedDisk, parent: PeekedImage): Promise<ChildPlan> {
  const { sizeBytes } = opened.disk;
  const blockSizeBytes = input.blockSizeBytes ?? opened.disk.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES;
  const link = linkTo(parent, await folderOf(input.path));
  const layout = predictLayout({
    type: 'differencing',
    sizeBytes,
    blockSizeBytes,
    locatorsBytes: linkSizeBytes(link),
  });
  // a parent of an odd size is a fact; its child must have the same
  const warnings = requireSoundLayout(
    { type: 'differencing', sizeBytes: roundUpToSector(sizeBytes), blockSizeBytes },
    layout.maxTableEntries,
  );
  const placed = placeLink(link, layout.locatorsOffset ?? 0);
  const { batOffset, maxTableEntries } = layout;
  return { sizeBytes, blockSizeBytes, batOffset: batOffset ?? 0, maxTableEntries, placed, warnings };
}

function preflightOf(input: SnapshotInput, { chain }: OpenedDisk, { placed }: ChildPlan): Promise<Preflight> {
  const fileBytes = placed.endOffset + FOOTER_SIZE_BYTES;
  const { path: target, replace } = input;
  return runPreflight({
    target,
    replace,
    bytesToWrite: fileBytes,
    predictedFileBytes: fileBytes,
    reads: chain,
    more: parentNameItems(chain[0]?.path ?? ''),
  });
}

async function writeChild(
  file: RandomAccessFile,
  input: SnapshotInput,
  { sizeBytes, blockSizeBytes, batOffset, maxTableEntries, placed }: ChildPlan,
): Promise<void> {
  const footer = newFooterBytes('differencing', sizeBytes, input);
  await file.writeAt(footer, 0);
  const header = encodeDynamicHeader({
    tableOffset: batOffset,
    maxTableEntries,
    blockSizeBytes,
    parent: placed.header,
  });
  await file.writeAt(header, USUAL_HEADER_OFFSET);
  await writeEmptyBat(file, batOffset, maxTableEntries);
  for (const { offset, data } of placed.pieces) await file.writeAt(data, offset);
  await file.writeAt(footer, placed.endOffset);
}

/** The child as it is on the disk leads to the parent it was made for. @throws AppError `verify-failed`. */
async function verifyChild(file: RandomAccessFile, childPath: string, parent: PeekedImage): Promise<void> {
  const metadata = await readMetadata(file, false);
  const locators = await readLocators(file, metadata);
  const path = await realImagePath(childPath);
  const resolution = await resolveParent({ path, identity: NO_IDENTITY, metadata, locators });
  if (resolution.identity === 'proven' && isSameFile(resolution.parent.identity, parent.identity)) return;
  throw new AppError('verify-failed', `The new child would not find its parent "${parent.path}".`, {
    context: { path: childPath },
  });
}
