import { createHash, type Hash } from 'node:crypto';
import { BAT_ENTRY_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { locateMetadata, type LocatedMetadata } from '../disk/metadata';
import { isAllZero } from '../disk/zeros';
import { piecewiseExtents, type RandomAccessFile } from '../io';
import type { ByteRange } from './range-set';

const CHUNK_BYTES = 1 << 20;

/**
 * SHA-256 over what binds a journal to an image's state: file length, footer, footer copy, dynamic disk header and
 * BAT, each with its place. Guest content is not part of it.
 */
export async function hashMetadata(file: RandomAccessFile, known?: LocatedMetadata): Promise<string> {
  const metadata = known ?? (await locateMetadata(file));
  const hash = createHash('sha256').update(`size ${metadata.fileSizeBytes}\n`);
  for (const [name, found] of [
    ['footer', metadata.footer],
    ['footerCopy', metadata.footerCopy],
    ['dynamicHeader', metadata.header],
  ] as const) {
    hash.update(found ? `${name} ${found.offset}\n` : `no ${name}\n`);
    if (found) hash.update(found.bytes);
  }
  const { bat } = metadata;
  if (bat) {
    hash.update(`bat ${bat.offset} ${bat.claimedEntries}\n`);
    const end = bat.offset + bat.readEntries * BAT_ENTRY_SIZE_BYTES;
    for await (const { bytes } of chunksOf(file, { start: bat.offset, end })) hash.update(bytes);
  }
  return hash.digest('hex');
}

/**
 * SHA-256 over ranges of the file with their places. The same whether zeros are a hole or written: sectors that are
 * all zero count by their absence.
 */
export async function hashRanges(file: RandomAccessFile, ranges: Iterable<ByteRange>): Promise<string> {
  const content = createHash('sha256');
  const places = createHash('sha256');
  let run: ByteRange = { start: 0, end: 0 };
  const close = (): void => {
    if (run.end > run.start) places.update(`data ${run.start} ${run.end}\n`);
  };
  for (const range of ranges) {
    places.update(`range ${range.start} ${range.end}\n`);
    for await (const extent of piecewiseExtents(file, range.start, range.end - range.start)) {
      if (extent.kind === 'hole') continue;
      const whole = { start: extent.offset, end: extent.offset + extent.length };
      for await (const { offset, bytes } of chunksOf(file, whole)) {
        for (const data of dataRuns(bytes, offset)) {
          content.update(bytes.subarray(data.start - offset, data.end - offset));
          if (run.end !== data.start) {
            close();
            run = data;
          } else run = { start: run.start, end: data.end };
        }
      }
    }
    close();
    run = { start: 0, end: 0 };
  }
  return combine(places, content);
}

function combine(places: Hash, content: Hash): string {
  return createHash('sha256').update(places.digest()).update(content.digest()).digest('hex');
}

/** Runs of sectors that are not all zero, as places in the file; `bytes` lies at `offset`. */
function dataRuns(bytes: Uint8Array, offset: number): ByteRange[] {
  const runs: { start: number; end: number }[] = [];
  for (let at = 0; at < bytes.length;) {
    // sectors of the file, however the pieces are cut
    const end = Math.min(bytes.length, at + SECTOR_SIZE_BYTES - ((offset + at) % SECTOR_SIZE_BYTES));
    if (!isAllZero(bytes.subarray(at, end))) {
      const last = runs.at(-1);
      if (last?.end === offset + at) last.end = offset + end;
      else runs.push({ start: offset + at, end: offset + end });
    }
    at = end;
  }
  return runs;
}

async function* chunksOf(
  file: RandomAccessFile,
  { start, end }: ByteRange,
): AsyncGenerator<{ offset: number; bytes: Uint8Array }> {
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(0, end - start)));
  for (let offset = start; offset < end;) {
    const count = await file.readAt(buffer.subarray(0, Math.min(buffer.length, end - offset)), offset);
    if (count === 0) return;
    yield { offset, bytes: buffer.subarray(0, count) };
    offset += count;
  }
}
