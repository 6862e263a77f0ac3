import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { OperationResult } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { Damage, openImage, openImageForWriting, openRaw, openWritableRaw, readMetadata } from '../disk';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { freeEntries } from '../format';
import { piecewiseExtents, type RandomAccessFile } from '../io';
import { openOutput, pathsOf } from './open-output';
import { requireContentWritten, type ContentBefore } from './content-fingerprint';
import { requireSourceUnchanged } from './disk-source';
import { fitCopy } from './merge-fit';
import { mergeLayers } from './merge-layers';
import type { MergeInput, MergePlan } from './merge-plan';
import { PhaseProgress, throwIfCancelled } from './operation';
import { withUniqueId } from './sparse-image';
import { withoutFlush } from './without-flush';

const COPY_CHUNK_BYTES = 2 * 1024 * 1024;

/**
 * The ancestor's file copied under a new id and made as large as the child, and the members above it merged into the
 * copy; published once verified.
 */
export async function mergeIntoNew(
  input: MergeInput & { readonly target: string },
  plan: MergePlan,
  before: ContentBefore,
  context: OperationContext,
): Promise<OperationResult> {
  const { opened, ancestor, depth } = plan;
  if (ancestor.metadata?.type === 'differencing') requireReachableFromFolder(input.target, ancestor.path);
  const output = await openOutput(input.target, input.replace, pathsOf(opened));
  try {
    await copyFile(ancestor.file, output.file, context);
    if (ancestor.metadata) await withUniqueId(output.file, randomUUID());
    const grandparent = opened.chain[depth + 1]?.disk ?? null;
    // Nothing of the copy survives a crash anyhow: the many flushes of a careful writer would only cost time.
    const unflushed = withoutFlush(output.file);
    // the ancestor is not read any more, and its BAT is the same as the copy's
    if (ancestor.metadata?.bat) freeEntries(ancestor.metadata.bat.entries);
    const { sizeBytes } = opened.disk;
    if (ancestor.disk.sizeBytes !== sizeBytes) {
      if (ancestor.metadata) await fitCopy(unflushed, sizeBytes, grandparent, context);
      else await unflushed.setSize(sizeBytes);
    }
    const metadata = ancestor.metadata ? await readMetadata(unflushed) : null;
    const writable = metadata
      ? openImageForWriting(unflushed, metadata, grandparent)
      : openWritableRaw(await openRaw(unflushed));
    await mergeLayers(plan.merged, writable, context);
    // the result is read with a BAT of its own
    if (metadata?.bat) freeEntries(metadata.bat.entries);
    const result = await reopened(output.file, ancestor.metadata !== null, grandparent);
    await requireContentWritten(result, before, { target: input.target, source: opened.path }, context);
    await requireSourceUnchanged(opened);
    throwIfCancelled(context);
    const fileSizeBytes = await output.file.size();
    await output.publish();
    return {
      path: input.target,
      changed: [
        `Merged ${depth + 1} images into a new one of ${formatSizeBoth(fileSizeBytes)}; they stay as they are.`,
      ],
      virtualSizeBytes: sizeBytes,
      fileSizeBeforeBytes: null,
      fileSizeBytes,
      verified: true,
      contentHash: null,
      journal: null,
      warnings: [],
    };
  } finally {
    await output.discard();
  }
}

/** A copy of a differencing image keeps its locators, which are relative to the folder. @throws AppError `bad-value`. */
export function requireReachableFromFolder(target: string, original: string): void {
  if (path.dirname(path.resolve(target)) === path.dirname(path.resolve(original))) return;
  throw new AppError('bad-value', `"${original}" has a parent, so the new image must lie in its folder.`, {
    hint: 'Choose a target beside it; "platter relink" can point it elsewhere afterwards.',
  });
}

async function copyFile(
  from: RandomAccessFile,
  to: RandomAccessFile,
  context: OperationContext,
): Promise<void> {
  const sizeBytes = await from.size();
  const progress = new PhaseProgress(context, 'copy', sizeBytes);
  const buffer = new Uint8Array(COPY_CHUNK_BYTES);
  await to.setSize(sizeBytes);
  for await (const { offset, length, kind } of piecewiseExtents(from, 0, sizeBytes)) {
    for (let at = 0; at < length; at += COPY_CHUNK_BYTES) {
      const bytes = buffer.subarray(0, Math.min(COPY_CHUNK_BYTES, length - at));
      if (kind === 'data') {
        await from.readAt(bytes, offset + at);
        await to.writeAt(bytes, offset + at);
      }
      progress.advance(bytes.length);
    }
  }
}

async function reopened(
  file: RandomAccessFile,
  isVhd: boolean,
  parent: VirtualDisk | null,
): Promise<VirtualDisk> {
  if (!isVhd) return openRaw(file);
  return openImage(file, await readMetadata(file), new Damage(file.path, false), parent);
}
