import { AppError } from '../../../src-shared/errors';
import { readExact } from '../io';
import type { BuiltPlan } from './build-plan';
import type { JournaledFile } from './journaled-file';
import type { ByteRange } from './range-set';

const CHUNK_BYTES = 1 << 20;

/**
 * Writes what a plan changes: every old byte is in the journal and durable before the first new one is written. Reads
 * all of it back.
 * @throws AppError `verify-failed` where the file does not hold what was written.
 */
export async function writePlan(file: JournaledFile, { plan, result, touched }: BuiltPlan): Promise<void> {
  const before = await file.size();
  const after = plan.fileSizeAfter;
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
  const size = await file.size();
  let isRight = size === sizeBytes;
  for (const { start, end } of chunksOf(ranges)) {
    if (!isRight) break;
    const [wanted, found] = [
      await readExact(result, start, end - start),
      await readExact(file, start, end - start),
    ];
    isRight = Buffer.compare(wanted, found) === 0;
  }
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

function* chunksOf(ranges: readonly ByteRange[]): Generator<ByteRange> {
  for (const range of ranges) {
    for (let start = range.start; start < range.end; start += CHUNK_BYTES)
      yield { start, end: Math.min(range.end, start + CHUNK_BYTES) };
  }
}
