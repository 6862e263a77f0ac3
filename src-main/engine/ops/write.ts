import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { OperationResult } from '../../../src-shared/model/results';
import { formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { folderOf, openForWritingDisk, requireNoChildren, type OpenedWritableDisk } from '../chain';
import type { OperationContext } from '../disk';
import { identityOfPath, isSameFile, type FileIdentity } from '../io';
import { volumeFacts } from '../io/free-space';
import { piecewiseExtents } from '../io/piecewise-extents';
import { requireNoPendingJournal, type HistoryOptions } from '../repair';
import { insideRoots, requireNoSavedState, type DiskSource } from './disk-source';
import { doubtsOf } from './preflight-source';
import { writeAtOnce, writeJournaled } from './write-content';

export interface WriteInput {
  /** The image to change; a differencing one with what is needed to find its parents. */
  readonly image: DiskSource;
  /** First guest byte. */
  readonly offset: number;
  /** Bytes that will come, where that is known: then nothing is written if they do not fit. */
  readonly length?: number | undefined;
  /** The file that they come from, where they come from one: no file of the image's own chain. */
  readonly inputFile?: FileIdentity | undefined;
  /**
   * Keep no undo journal: what was written before a failure or a cancel stays, at every moment the image is sound, and
   * shows old or new content per sector.
   */
  readonly noUndo?: boolean | undefined;
  /** Children are accepted to break. */
  readonly breakChildren?: boolean | undefined;
  readonly seen?: FileIdentity | undefined;
  readonly allowUnlocked?: boolean | undefined;
  readonly history?: HistoryOptions | undefined;
}

/** Room for the journal's own records, and for what new blocks overwrite: footer and BAT entries. */
const JOURNAL_BYTES = 16 * 1024;
const JOURNAL_BYTES_PER_MIB = 64;

/**
 * Writes guest bytes into an image and reads them back. An undo journal beside it makes the change whole or none, and
 * can take it back later; see `noUndo` for the way without one.
 * @throws AppError `usage` where the bytes are known not to fit, `input-too-long` where that turns out, `target-is-source`,
 *   `has-children`, `saved-state`, `too-damaged`, `verify-failed`, `no-space`, those of opening, `cancelled`, and of
 *   kind `system`; each says what became of the image.
 */
export async function writeGuest(
  input: WriteInput,
  source: AsyncIterable<Uint8Array>,
  context: OperationContext = {},
): Promise<OperationResult> {
  const { image, offset, length, history } = input;
  // before it is opened for writing: where that shuts out readers, it would only be said to be in use
  requireNotInput(image.path, await identityOfPath(image.path), input);
  await requireNoPendingJournal(image.path);
  const opened = await openForWritingDisk(image.path, {
    format: image.format,
    parents: image.parents,
    rawParent: image.rawParent,
    mayOpen: insideRoots(image.roots),
    seen: input.seen,
    allowUnlocked: input.allowUnlocked,
  });
  try {
    for (const { path: file, identity } of opened.parent?.chain ?? []) requireNotInput(file, identity, input);
    const children = await childrenToBreak(opened, input);
    requireRoom(opened.disk.sizeBytes, offset, length ?? 0);
    const fileSizeBeforeBytes = await opened.file.size();
    await requireSpace(opened, input);
    const content = { offset, length, source, history };
    const write = input.noUndo ? writeAtOnce : writeJournaled;
    const { bytes, journal } = await write(opened, content, context);
    const isChanged = input.noUndo ? bytes > 0 : journal !== null;
    return {
      path: image.path,
      changed: [
        bytes === 0
          ? 'The input was empty; nothing was written.'
          : `Wrote ${formatSizeBoth(bytes)} from byte ${formatCount(offset)} on.`,
      ],
      virtualSizeBytes: opened.disk.sizeBytes,
      fileSizeBeforeBytes,
      fileSizeBytes: await opened.file.size(),
      verified: true,
      contentHash: null,
      journal,
      warnings: [
        ...doubtsOf(opened.parent?.chain ?? []),
        ...(isChanged ? children : []).map(
          (child) => `"${child}" is a child of what was changed and shows other content now.`,
        ),
      ],
    };
  } finally {
    await opened.close();
  }
}

/** @throws AppError `target-is-source`: writing a file into itself would destroy it while it is read. */
function requireNotInput(
  file: string,
  identity: FileIdentity | null,
  { image, inputFile }: WriteInput,
): void {
  if (!inputFile || !identity || !isSameFile(identity, inputFile)) return;
  const what =
    path.resolve(file) === path.resolve(image.path)
      ? `"${file}" is the file that the data would come from.`
      : `The data would come from "${file}", which "${image.path}" stands on.`;
  throw new AppError('target-is-source', what, {
    context: { path: file },
    hint: 'Copy the data to a file of its own first, such as with "platter read -o".',
    unchanged: 'Nothing was written.',
  });
}

/** @returns paths of the children that will show other content, where that is accepted. */
async function childrenToBreak(opened: OpenedWritableDisk, input: WriteInput): Promise<string[]> {
  const { metadata } = opened;
  if (!metadata?.active) return [];
  requireNoSavedState(metadata, opened.path);
  const children = await requireNoChildren(opened.path, metadata.active.fields.uniqueId, {
    mayOpen: insideRoots(input.image.roots),
    breakChildren: input.breakChildren,
  });
  return children.map((child) => child.path);
}

/** Space for new blocks and the journal, where the length is known; without it a full disk is met while writing. */
async function requireSpace(
  opened: OpenedWritableDisk,
  { offset, length = 0, noUndo }: WriteInput,
): Promise<void> {
  const { newBytes, replacedBytes } = await foreseeBytes(opened, offset, length);
  const journalBytes =
    noUndo || length === 0
      ? 0
      : replacedBytes + JOURNAL_BYTES + Math.ceil(length / 2 ** 20) * JOURNAL_BYTES_PER_MIB;
  const neededBytes = newBytes + journalBytes;
  if (neededBytes === 0) return;
  const { freeBytes } = await volumeFacts(await folderOf(opened.path));
  if (freeBytes === null || neededBytes <= freeBytes) return;
  const parts = [
    ...(newBytes > 0 ? [`What is new takes up to ${formatSizeBoth(newBytes)}`] : []),
    ...(journalBytes > 0 ? [`the undo journal up to ${formatSizeBoth(journalBytes)}`] : []),
  ].join(', ');
  throw new AppError(
    'no-space',
    `${parts.charAt(0).toUpperCase()}${parts.slice(1)}; ${formatSizeBoth(freeBytes)} are free.`,
    {
      context: { path: opened.path },
      unchanged: 'Nothing was written.',
      hint:
        newBytes <= freeBytes ? 'Free some space, or write without an undo journal: --no-undo.' : undefined,
    },
  );
}

interface ForeseenBytes {
  /** Written where the image's file takes no room yet: a block may be made with holes, its data may not. */
  readonly newBytes: number;
  /** Data of this file that is overwritten; holes are not. */
  readonly replacedBytes: number;
}

async function foreseeBytes(
  { disk, file }: OpenedWritableDisk,
  offset: number,
  length: number,
): Promise<ForeseenBytes> {
  const foreseen = { newBytes: 0, replacedBytes: 0 };
  if (length === 0) return foreseen;
  const isFlat = disk.blockSizeBytes === null;
  for await (const extent of disk.extents(offset, length)) {
    if (extent.depth === 0 && extent.fileOffset !== undefined) {
      for await (const stored of piecewiseExtents(file, extent.fileOffset, extent.length)) {
        if (stored.kind === 'data') foreseen.replacedBytes += stored.length;
      }
    } else if (isFlat || extent.depth > 0 || extent.state === 'unallocated')
      foreseen.newBytes += extent.length;
  }
  return foreseen;
}

/** @throws AppError `usage`, saying what would fit. */
function requireRoom(sizeBytes: number, offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && offset + length <= sizeBytes) return;
  const isOnDisk = Number.isSafeInteger(offset) && offset >= 0 && offset < sizeBytes;
  const data = length === 0 ? 'What begins' : `${formatSizeBoth(length)}`;
  throw new AppError(
    'usage',
    `${data} at byte ${formatCount(offset)} ${length === 0 ? 'does' : 'do'} not fit on the disk, which has ${formatSizeBoth(sizeBytes)}.`,
    {
      unchanged: 'Nothing was written.',
      hint: [
        isOnDisk
          ? `From byte ${formatCount(offset)} on, ${formatSizeBoth(sizeBytes - offset)} fit.`
          : `The disk's bytes are 0 to ${formatCount(sizeBytes - 1)}.`,
        ...(length > 0 && length <= sizeBytes
          ? [`All of it fits up to --offset ${sizeBytes - length}.`]
          : []),
        ...(length > sizeBytes ? ['All of it needs a larger disk: "platter resize".'] : []),
      ].join(' '),
    },
  );
}
