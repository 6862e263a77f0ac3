import { AppError } from '../../../src-shared/errors';
import { readExact } from '../io';
import type { BuiltPlan } from './build-plan';
import type { JournaledFile } from './journaled-file';
import { firstDifference } from './first-difference';
import { chunksOf, type ByteRange } from './range-set';

/**
 * Writes what a plan changes: every old byte is in the journal and durable before the first new one is written. Reads
 * all of it back.
 * @throws AppError `verify-failed` where the file does not hold what was written.
 */
export async function writePlan(file: JournaledFile, { plan, result, touched }: BuiltPlan): Promise<void> {
  const before = await file.size();
  const after = plan.fileSizeAfterBytes;
  const ranges = touched.filter((range) => range.start < after).map((range) => clip(range, after));
  const cut = after < before ? [{ start: after, end: before }] : [];
  if (ranges.length === 0 && cut.length === 0) return;
  await file.protect([...ranges, ...cut]);
  if (after !== before) await file.setSize(after);
  for (const chunk of chunksOf(ranges))
    await file.writeAt(await readExact(result, chunk.start, chunk.end - chunk.start), chunk.start);
  await file.flush();
  await requireWritten(file, result, ranges, after);
}

async function requireWritten(
  file: JournaledFile,
  result: BuiltPlan['result'],
  ranges: readonly ByteRange[],
  sizeBytes: number,
): Promise<void> {
  const isRight = (await file.size()) === sizeBytes && (await firstDifference(result, file, ranges)) === null;
  if (isRight) return;
  throw new AppError('verify-failed', `"${file.path}" does not hold what was written to it.`, {
    context: { path: file.path },
    unchanged: 'Everything was put back as it was.',
  });
}

const clip = (range: ByteRange, end: number): ByteRange => ({
  start: range.start,
  end: Math.min(range.end, end),
});
