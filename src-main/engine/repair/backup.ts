/** A copy that the person keeps, made before an image is changed: of the whole file, or of its metadata alone. */
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { BackupFacts, BackupKind } from '../../../src-shared/model/repair-plan';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { OperationContext } from '../disk/virtual-disk';
import { isAllZero } from '../disk/zeros';
import {
  identityOfFile,
  NodeFile,
  OutputFile,
  readExact,
  type FileExtent,
  type RandomAccessFile,
} from '../io';
import { volumeFacts } from '../io/free-space';
import { PhaseProgress } from '../ops/operation';
import { putBackModified } from './journaled-file';
import { writeMetadataArchive } from './metadata-archive';

export interface BackupRequest {
  readonly kind: BackupKind;
  /** The new file. Never replaces one that exists. */
  readonly target: string;
}

const CHUNK_BYTES = 1 << 20;

/**
 * Makes the copy, reads it back, and only then gives it its name. The image is read and not changed.
 * @throws AppError `target-exists`, `no-space`, `verify-failed`, `cancelled`, and those of kind `system`.
 */
export async function makeBackup(
  image: RandomAccessFile,
  { kind, target }: BackupRequest,
  context: OperationContext = {},
): Promise<BackupFacts> {
  const output = await OutputFile.create(target);
  try {
    if (kind === 'copy') await copyWhole(image, output.file, context);
    else await writeMetadataArchive(image, output.file, context);
    const sizeBytes = await output.file.size();
    // readers of children compare a parent's time: a copy that takes its place should have it
    if (kind === 'copy' && image instanceof NodeFile) {
      await output.file.flush();
      await putBackModified(output.file, (await identityOfFile(image)).modifiedNs);
    }
    await output.publish();
    return { kind, path: target, sizeBytes };
  } finally {
    await output.discard();
  }
}

async function copyWhole(
  image: RandomAccessFile,
  output: RandomAccessFile,
  context: OperationContext,
): Promise<void> {
  const sizeBytes = await image.size();
  const extents = (await image.extents(0, sizeBytes)).filter(({ kind }) => kind === 'data');
  const dataBytes = extents.reduce((sum, extent) => sum + extent.length, 0);
  await requireRoom(output.path, sizeBytes, dataBytes);
  await output.setSize(sizeBytes);
  const copying = new PhaseProgress(context, 'backup', dataBytes);
  for (const chunk of chunksOf(extents)) {
    const bytes = await readExact(image, chunk.offset, chunk.length);
    if (!isAllZero(bytes)) await output.writeAt(bytes, chunk.offset);
    copying.advance(chunk.length);
  }
  await output.flush();
  const verifying = new PhaseProgress(context, 'backup-verify', dataBytes);
  for (const chunk of chunksOf(extents)) {
    const [wanted, found] = [
      await readExact(image, chunk.offset, chunk.length),
      await readExact(output, chunk.offset, chunk.length),
    ];
    if (Buffer.compare(wanted, found) !== 0)
      throw new AppError(
        'verify-failed',
        `The copy of "${image.path}" does not hold the same bytes at ${chunk.offset}.`,
        { context: { path: image.path }, unchanged: 'The image was not changed; the copy was removed.' },
      );
    verifying.advance(chunk.length);
  }
}

async function requireRoom(target: string, sizeBytes: number, dataBytes: number): Promise<void> {
  const { freeBytes, sparseFiles } = await volumeFacts(path.dirname(target));
  const needed = sparseFiles === false ? sizeBytes : dataBytes;
  if (freeBytes === null || needed <= freeBytes) return;
  throw new AppError(
    'no-space',
    `The copy needs ${formatSizeBoth(needed)}, and ${formatSizeBoth(freeBytes)} are free there.`,
    { context: { path: path.dirname(target) }, unchanged: 'Nothing was written.' },
  );
}

function* chunksOf(extents: readonly FileExtent[]): Generator<{ offset: number; length: number }> {
  for (const { offset, length } of extents) {
    for (let done = 0; done < length; done += CHUNK_BYTES)
      yield { offset: offset + done, length: Math.min(CHUNK_BYTES, length - done) };
  }
}
