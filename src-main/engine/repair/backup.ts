/** A copy that the person keeps, made before an image is changed: of the whole file, or of its metadata alone. */
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { BackupFacts, BackupKind } from '../../../src-shared/model/repair-plan';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { requireNoPieceName } from '../chain';
import type { OperationContext } from '../disk/virtual-disk';
import { isAllZero } from '../disk/zeros';
import { identityOfFile, NodeFile, OutputFile, readExact, type RandomAccessFile } from '../io';
import { volumeFacts } from '../io/free-space';
import { PhaseProgress } from '../ops/operation';
import { firstDifference } from './first-difference';
import { putBackModified } from './journaled-file';
import { writeMetadataArchive } from './metadata-archive';
import { chunksOf, type ByteRange } from './range-set';

const PIECE_BYTES = 1024 * 1024 * 1024;

export interface BackupRequest {
  readonly kind: BackupKind;
  /** The new file. Never replaces one that exists. */
  readonly target: string;
}

/**
 * Makes the copy, reads it back, and only then gives it its name. The image is read and not changed.
 * @throws AppError `target-exists`, `unsupported` for the name of a piece of a split set, `no-space`, `verify-failed`, `cancelled`, and those of kind `system`.
 */
export async function makeBackup(
  image: RandomAccessFile,
  { kind, target }: BackupRequest,
  context: OperationContext = {},
): Promise<BackupFacts> {
  await requireNoPieceName(target);
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
  let dataBytes = 0;
  for await (const ranges of dataOf(image, sizeBytes))
    dataBytes += ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  await requireRoom(output.path, sizeBytes, dataBytes);
  await output.setSize(sizeBytes);
  const copying = new PhaseProgress(context, 'backup', dataBytes);
  for await (const ranges of dataOf(image, sizeBytes)) {
    for (const { start, end } of chunksOf(ranges)) {
      const bytes = await readExact(image, start, end - start);
      if (!isAllZero(bytes)) await output.writeAt(bytes, start);
      copying.advance(bytes.length);
    }
  }
  await output.flush();
  const verifying = new PhaseProgress(context, 'backup-verify', dataBytes);
  for await (const ranges of dataOf(image, sizeBytes)) {
    const different = await firstDifference(image, output, ranges, (bytes) => verifying.advance(bytes));
    if (different === null) continue;
    throw new AppError(
      'verify-failed',
      `The copy of "${image.path}" does not hold the same bytes at ${different}.`,
      { context: { path: image.path }, unchanged: 'The image was not changed; the copy was removed.' },
    );
  }
}

/** Ranges of the file that are no holes, a GiB of it at a time: a sparse file can have millions of them. */
async function* dataOf(image: RandomAccessFile, sizeBytes: number): AsyncGenerator<readonly ByteRange[]> {
  for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
    const extents = await image.extents(at, Math.min(PIECE_BYTES, sizeBytes - at));
    yield extents
      .filter(({ kind }) => kind === 'data')
      .map(({ offset, length }) => ({ start: offset, end: offset + length }));
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
