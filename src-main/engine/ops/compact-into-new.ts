import { randomUUID } from 'node:crypto';
import { invariant } from '../../../src-shared/errors';
import type { OpenedDisk } from '../chain';
import { Damage, openImage, readMetadata } from '../disk';
import type { OperationContext } from '../disk/virtual-disk';
import { freeEntries } from '../format';
import type { RandomAccessFile } from '../io';
import { newTables, parentOf, type CompactInput, type CompactPlan } from './compact-plan';
import { contentBefore, requireContentWritten } from './content-fingerprint';
import { requireSourceUnchanged } from './disk-source';
import { requireReachableFromFolder } from './merge-into-new';
import { openOutput, pathsOf } from './open-output';
import { PhaseProgress, throwIfCancelled } from './operation';
import { withUniqueId, writeTables } from './sparse-image';

/** Writes the kept blocks into a new file with an id of its own, which shows what the image shows. */
export async function compactIntoNew(
  input: CompactInput & { readonly target: string },
  opened: OpenedDisk,
  plan: CompactPlan,
  context: OperationContext,
): Promise<void> {
  const { image } = plan;
  if (image.metadata.type === 'differencing') requireReachableFromFolder(input.target, opened.path);
  const output = await openOutput(input.target, input.replace, pathsOf(opened));
  try {
    const before = await contentBefore(opened.disk, context);
    await copyBlocks(opened.file, output.file, plan, context);
    for (const [at, { offset, spaceBytes, entry }] of plan.layout.locators.entries()) {
      const bytes = new Uint8Array(spaceBytes);
      const from = image.locators[at];
      invariant(from, 'every locator has a place in both layouts');
      await opened.file.readAt(bytes.subarray(0, entry.dataLengthBytes), from.offset);
      await output.file.writeAt(bytes, offset);
    }
    await writeTables(output.file, image, newTables(plan));
    freeEntries(image.entries);
    await withUniqueId(output.file, randomUUID());
    const written = openImage(
      output.file,
      await readMetadata(output.file),
      new Damage(output.file.path, false),
      parentOf(opened),
    );
    await requireContentWritten(written, before, { target: input.target, source: opened.path }, context);
    await requireSourceUnchanged(opened);
    throwIfCancelled(context);
    await output.publish();
  } finally {
    await output.discard();
  }
}

async function copyBlocks(
  from: RandomAccessFile,
  to: RandomAccessFile,
  plan: CompactPlan,
  context: OperationContext,
): Promise<void> {
  const { strideBytes } = plan.image;
  const { packed } = plan.layout;
  const chunkBytes = Math.min(strideBytes, 4 * 1024 * 1024);
  const progress = new PhaseProgress(context, 'copy', packed.count * strideBytes);
  const buffers = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)] as const;
  let turn = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let at = 0; at < packed.count; at += 1) {
      const move = packed.at(at);
      for (let done = 0; done < strideBytes; done += chunkBytes) {
        turn = 1 - turn;
        const bytes = (turn === 0 ? buffers[0] : buffers[1]).subarray(
          0,
          Math.min(chunkBytes, strideBytes - done),
        );
        bytes.fill(0, await from.readAt(bytes, move.from + done));
        await writing;
        writing = to.writeAt(bytes, move.to + done);
        writing.catch(() => undefined);
        progress.advance(bytes.length, move.guest);
      }
    }
  } finally {
    await writing;
  }
}
