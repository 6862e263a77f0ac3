import { AppError } from '../../../src-shared/errors';
import { readInto } from '../disk/gather';
import type { BuiltPlan } from './build-plan';
import type { JournaledFile } from './journaled-file';
import { firstDifference } from './first-difference';
import { CHUNK_BYTES, chunksOf, RangeSet, type ByteRange, type ByteRanges } from './range-set';

/**
 * Writes what a plan changes: every old byte is in the journal and durable before the first new one is written. Reads
 * all of it back.
 * @throws AppError `verify-failed` where the file does not hold what was written.
 */
export async function writePlan(file: JournaledFile, { plan, result, touched }: BuiltPlan): Promise<void> {
  const before = await file.size();
  const after = plan.fileSizeAfterBytes;
  const ranges = new RangeSet();
  for (const { start, end } of touched) ranges.add(start, Math.min(end, after));
  if (ranges.length === 0 && after >= before) return;
  await file.protect(withCut(ranges, after, before));
  if (after !== before) await file.setSize(after);
  const room = new Uint8Array(CHUNK_BYTES);
  for (const { start, end } of chunksOf(ranges)) {
    const bytes = room.subarray(0, end - start);
    await readInto(result, start, bytes);
    await file.writeAt(bytes, start);
  }
  await file.flush();
  await requireWritten(file, result, ranges, after);
}

async function requireWritten(
  file: JournaledFile,
  result: BuiltPlan['result'],
  ranges: ByteRanges,
  sizeBytes: number,
): Promise<void> {
  const isRight = (await file.size()) === sizeBytes && (await firstDifference(result, file, ranges)) === null;
  if (isRight) return;
  throw new AppError('verify-failed', `"${file.path}" does not hold what was written to it.`, {
    context: { path: file.path },
    unchanged: 'Everything was put back as it was.',
  });
}

function* withCut(ranges: ByteRanges, after: number, before: number): Generator<ByteRange> {
  yield* ranges;
  if (after < before) yield { start: after, end: before };
}
