import { formatCount, formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import type { Place } from '../../../../src-shared/model/finding';
import { AppError } from '../../../../src-shared/errors';
import { isAllZero } from '../../disk/zeros';
import type { RandomAccessFile } from '../../io';
import type { CheckContext } from '../context';
import type { Rule } from '../rule';
import { unreferencedGaps, type Gap } from '../unreferenced';

const CHUNK_BYTES = 1024 * 1024;

export const unreferencedData: Rule = {
  code: 'unreferenced-data',
  severity: 'warning',
  severities: ['warning', 'note'],
  area: 'block',
  level: 'deep',
  title: 'Data lies in the file that belongs to nothing',
  explanation:
    'Between the structures and blocks stand bytes that are no padding. Where there is room for a block, it may be one that a crash kept out of the BAT: content that the guest wrote and nobody can see. Smaller rests are leftovers.',
  hint: 'Look at the place first. Rescue can attach such a block again; compacting drops it.',
  source: 'QEMU: block/vpc.c, order of writes; blktap: vhd-util repair',
  repair: 'choice',
  run: async (context) => {
    const places: Place[] = [];
    let count = 0;
    let bytes = 0;
    let couldBeBlock = false;
    for (const gap of unreferencedGaps(context)) {
      const offset = await firstData(context, gap);
      if (offset === null) continue;
      count += 1;
      bytes += gap.end - gap.offset;
      couldBeBlock ||= gap.end - gap.offset >= context.facts.blockStrideBytes;
      if (places.length < 21)
        places.push({ structure: 'file', offset: gap.offset, length: gap.end - gap.offset });
    }
    const [where = null, ...examples] = places;
    if (count === 0) return null;
    return {
      severity: couldBeBlock ? 'warning' : 'note',
      where,
      examples,
      count,
      repair: couldBeBlock ? 'choice' : 'none',
      detail: `${count === 1 ? 'A stretch' : `${formatCount(count)} stretches`} of ${formatSizeBoth(bytes)} ${count === 1 ? 'holds' : 'hold'} bytes that are no padding${couldBeBlock ? ', with room for at least one block' : ', too small for a block'}.`,
    };
  },
};

/** Byte offset of the first chunk of a gap with other bytes than padding; holes are not read. */
async function firstData({ file, environment }: CheckContext, { offset, end }: Gap): Promise<number | null> {
  const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, end - offset));
  for (const extent of await dataOf(file, offset, end - offset)) {
    for (let position = extent.offset; position < extent.end; position += buffer.length) {
      if (environment.signal?.aborted) throw new AppError('cancelled', 'The check was cancelled.');
      const chunk = buffer.subarray(0, Math.min(buffer.length, extent.end - position));
      const got = await file.readAt(chunk, position);
      if (!isPadding(chunk.subarray(0, got))) return position;
      if (got < chunk.length) return null;
    }
  }
  return null;
}

/** Zeros, or the ones that Windows and QEMU fill up with. */
function isPadding(chunk: Buffer): boolean {
  if (isAllZero(chunk)) return true;
  for (const byte of chunk) if (byte !== 0 && byte !== 0xff) return false;
  return true;
}

async function dataOf(
  file: RandomAccessFile,
  offset: number,
  length: number,
): Promise<{ offset: number; end: number }[]> {
  const extents = await file.extents(offset, length);
  return extents
    .filter(({ kind }) => kind === 'data')
    .map((one) => ({ offset: one.offset, end: one.offset + one.length }));
}
