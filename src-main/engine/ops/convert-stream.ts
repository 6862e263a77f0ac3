import type { OperationResult } from '../../../src-shared/model/results';
import type { OperationContext } from '../disk/virtual-disk';
import { OutputFile, type RandomAccessFile } from '../io';
import { convertImage, type ConvertInput } from './convert';
import { throwIfCancelled } from './operation';
import { dataRuns } from './zero-runs';

/** Anything that gives bytes in order, such as standard input. */
export type ByteStream = AsyncIterable<Uint8Array>;

/**
 * Makes an image of raw bytes that come as a stream. Their number is not known before they end, and a BAT must be as
 * long as the disk needs: so they are put down beside the target first, with holes, and converted from there.
 * @throws AppError of convertImage.
 */
export async function convertFromStream(
  stream: ByteStream,
  input: Omit<ConvertInput, 'source' | 'isOwnSource'>,
  context: OperationContext = {},
): Promise<OperationResult> {
  const spool = await OutputFile.create(`${input.target}.input`, { replace: true, hasHoles: true });
  try {
    await spoolBytes(stream, spool.file, context);
    const source = { path: spool.file.path, format: 'raw' } as const;
    return await convertImage({ ...input, source, isOwnSource: true }, context);
  } finally {
    await spool.discard();
  }
}

async function spoolBytes(
  stream: ByteStream,
  file: RandomAccessFile,
  context: OperationContext,
): Promise<void> {
  let position = 0;
  for await (const bytes of stream) {
    for (const { start, end } of dataRuns(bytes))
      await file.writeAt(bytes.subarray(start, end), position + start);
    position += bytes.length;
    // How much is still to come is not known: the report can only say how much came.
    context.onProgress?.({ phase: 'receive', doneBytes: position, totalBytes: position });
    throwIfCancelled(context);
  }
  await file.setSize(position);
}
