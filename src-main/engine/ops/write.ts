import { createHash } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { OperationResult } from '../../../src-shared/model/results';
import { formatBytes, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { openForWritingDisk, requireNoChildren, type OpenedWritableDisk } from '../chain';
import type { OperationContext } from '../disk';
import type { FileIdentity } from '../io';
import { volumeFacts } from '../io/free-space';
import { requireNoPendingJournal } from '../repair';
import { insideRoots, requireNoSavedState, type DiskSource } from './disk-source';
import { PhaseProgress } from './operation';
import { readGuest } from './read';

export interface WriteInput {
  /** The image to change; a differencing one with what is needed to find its parents. */
  readonly image: DiskSource;
  /** First guest byte. */
  readonly offset: number;
  /** Bytes that will come, where that is known: then nothing is written if they do not fit. */
  readonly length?: number | undefined;
  /** Children are accepted to break. */
  readonly breakChildren?: boolean | undefined;
  readonly seen?: FileIdentity | undefined;
  readonly allowUnlocked?: boolean | undefined;
}

/**
 * Writes guest bytes into an image, flushes, and reads them back. Every moment in between is a sound image with old or
 * new content per sector; cancelling stops between two pieces and keeps what was written.
 * @throws AppError `usage` where the bytes do not fit, `has-children`, `saved-state`, `too-damaged`, `verify-failed`,
 *   `no-space` before anything is written or with the bytes that were, those of opening, `cancelled`, and of kind
 *   `system`.
 */
export async function writeGuest(
  input: WriteInput,
  source: AsyncIterable<Uint8Array>,
  context: OperationContext = {},
): Promise<OperationResult> {
  const { image } = input;
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
    const warnings = await requireWritable(opened, input);
    requireRoom(opened.disk.sizeBytes, input.offset, input.length ?? 0);
    const fileSizeBeforeBytes = await opened.file.size();
    await requireSpace(opened, input);
    const written = await writeAll(opened, input, source, context);
    await verify(opened, input.offset, written, context);
    return {
      path: image.path,
      changed: [`Wrote ${written.bytes} bytes at offset ${input.offset}.`],
      virtualSizeBytes: opened.disk.sizeBytes,
      fileSizeBeforeBytes,
      fileSizeBytes: await opened.file.size(),
      verified: true,
      contentHash: null,
      journal: null,
      warnings,
    };
  } finally {
    await opened.close();
  }
}

async function requireWritable(opened: OpenedWritableDisk, input: WriteInput): Promise<string[]> {
  const { metadata } = opened;
  if (!metadata?.active) return [];
  requireNoSavedState(metadata, opened.path);
  const children = await requireNoChildren(opened.path, metadata.active.fields.uniqueId, {
    mayOpen: insideRoots(input.image.roots),
    breakChildren: input.breakChildren,
  });
  return children.map(
    (child) => `"${child.path}" is a child of what was changed and shows other content now.`,
  );
}

interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

async function writeAll(
  opened: OpenedWritableDisk,
  input: WriteInput,
  source: AsyncIterable<Uint8Array>,
  context: OperationContext,
): Promise<Written> {
  const progress = new PhaseProgress(context, 'write', input.length ?? 0);
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of source) {
    requireRoom(opened.disk.sizeBytes, input.offset + bytes, piece.length);
    await writePiece(opened, piece, input.offset, bytes);
    hash.update(piece);
    bytes += piece.length;
    progress.advance(piece.length);
  }
  await opened.disk.flush();
  return { bytes, sha256: hash.digest('hex') };
}

/** Space that new blocks need where the length is known; without it a full disk is met while writing. */
async function requireSpace(opened: OpenedWritableDisk, { offset, length = 0 }: WriteInput): Promise<void> {
  const newBytes = await newBlockBytes(opened, offset, length);
  if (newBytes === 0) return;
  const { freeBytes } = await volumeFacts(path.dirname(path.resolve(opened.path)));
  if (freeBytes === null || newBytes <= freeBytes) return;
  throw new AppError(
    'no-space',
    `The new blocks take up to ${formatSizeBoth(newBytes)}; ${formatSizeBoth(freeBytes)} are free.`,
    { context: { path: opened.path }, unchanged: 'Nothing was written.' },
  );
}

/** What is written of blocks that this image does not hold: a block may be made with holes, its data may not. */
async function newBlockBytes({ disk }: OpenedWritableDisk, offset: number, length: number): Promise<number> {
  if (disk.blockSizeBytes === null || length === 0) return 0;
  let bytes = 0;
  for await (const extent of disk.extents(offset, length)) {
    if (extent.depth > 0 || extent.state === 'unallocated') bytes += extent.length;
  }
  return bytes;
}

async function writePiece(
  opened: OpenedWritableDisk,
  piece: Uint8Array,
  offset: number,
  writtenBytes: number,
): Promise<void> {
  try {
    await opened.disk.writeAt(piece, offset + writtenBytes);
  } catch (error) {
    // A piece reaches into the image in parts; those before it are what can be promised.
    // Where even they are not durable, the disk has more to say than that it is full.
    await opened.file.flush();
    throw withWritten(error, writtenBytes, opened.path);
  }
}

/** The same error, with what became of the image. */
function withWritten(error: unknown, writtenBytes: number, imagePath: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'no-space') return error;
  const { context, data, hint } = error;
  return new AppError(error.code, error.message, {
    context: { path: imagePath, ...context },
    data: { ...data, writtenBytes },
    hint,
    unchanged: `The first ${formatBytes(writtenBytes)} were written; every sector behind them holds old or new content, and the image is sound.`,
    cause: error,
  });
}

async function verify(
  opened: OpenedWritableDisk,
  offset: number,
  written: Written,
  context: OperationContext,
): Promise<void> {
  const hash = createHash('sha256');
  const { signal } = context;
  for await (const piece of readGuest(opened.disk, { offset, length: written.bytes }, { signal })) {
    hash.update(piece);
  }
  if (hash.digest('hex') === written.sha256) return;
  throw new AppError('verify-failed', `"${opened.path}" does not give back what was written to it.`, {
    context: { path: opened.path },
    hint: 'Check the disk that the image lies on.',
  });
}

function requireRoom(sizeBytes: number, offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && offset + length <= sizeBytes) return;
  throw new AppError(
    'usage',
    `${length} bytes at offset ${offset} do not fit on the disk, which has ${sizeBytes} bytes.`,
  );
}
