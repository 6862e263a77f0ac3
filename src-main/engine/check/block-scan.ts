import { SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { AppError } from '../../../src-shared/errors';
import { FileOrder } from '../disk/file-order';
import { countSetSectors, isSectorSet } from '../format';
import type { RandomAccessFile } from '../io';
import type { CheckContext } from './context';
import type { BlockVisitor } from './rule';
import type { BlockScan } from './scanned-block';

/** Data handed to the system at once. */
const CHUNK_BYTES = 1024 * 1024;
/**
 * Blocks that lie over one another are read again and again: once this many times the file's size was read, those are
 * left out. The finding about the overlap stands anyway.
 */
const REREAD_FACTOR = 4;
/** Blocks between two looks at what else there is to do. */
const TURNS_PER_BREATH = 4096;
const ZERO_SECTOR = Buffer.alloc(SECTOR_SIZE_BYTES);
const ZERO_CHUNK = Buffer.alloc(CHUNK_BYTES);

/** Reads every block that lies in the file outside metadata once, in file order, and shows it to all visitors. */
export async function scanBlocks(context: CheckContext, visitors: readonly BlockVisitor[]): Promise<void> {
  const { bat, facts, metadata } = context;
  const blockSizeBytes = facts.blockSizeBytes;
  if (!bat || blockSizeBytes === null || visitors.length === 0) return;
  const order = new FileOrder(bat.entries, (sector) => sector * SECTOR_SIZE_BYTES < metadata.fileSizeBytes);
  const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, blockSizeBytes));
  const totalBytes = order.blockCount * facts.blockStrideBytes;
  let readBytes = 0;
  let doneBytes = 0;
  let turn = 0;
  for (const { blocks } of order) {
    for (const index of blocks) {
      if (context.environment.signal?.aborted) throw new AppError('cancelled', 'The check was cancelled.');
      // blocks that are left out need no file: without a breath no signal would ever arrive
      if ((turn += 1) % TURNS_PER_BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
      doneBytes += facts.blockStrideBytes;
      if (bat.stateAt(index) === 'inMetadata') continue;
      if (readBytes > REREAD_FACTOR * metadata.fileSizeBytes && bat.isOverlapping(index)) continue;
      readBytes += Math.min(facts.blockStrideBytes, metadata.fileSizeBytes - (bat.offsetAt(index) ?? 0));
      const scan = await scanBlock(context, index, buffer);
      for (const visitor of visitors) visitor.visit(scan);
      context.environment.onProgress?.({
        phase: 'blocks',
        doneBytes,
        totalBytes,
        reading: { offset: index * blockSizeBytes, length: blockSizeBytes },
      });
    }
  }
}

async function scanBlock(context: CheckContext, index: number, buffer: Buffer): Promise<BlockScan> {
  const { bat, facts, file, metadata } = context;
  const offset = bat?.offsetAt(index) ?? 0;
  const blockSizeBytes = facts.blockSizeBytes ?? 0;
  const sectorsOfBlock = blockSizeBytes / SECTOR_SIZE_BYTES;
  const diskLeft = (facts.currentSizeBytes ?? Infinity) - index * blockSizeBytes;
  const sectors = Math.max(0, Math.min(sectorsOfBlock, Math.ceil(diskLeft / SECTOR_SIZE_BYTES)));
  const bitmap = new Uint8Array(facts.bitmapBytes);
  await file.readAt(bitmap, offset);
  const dataOffset = offset + facts.bitmapBytes;
  const dataEnd = Math.min(dataOffset + blockSizeBytes, metadata.fileSizeBytes);
  const tally = { nonZero: 0, dirty: 0, firstDirty: -1 };
  for (const extent of await dataExtents(file, dataOffset, dataEnd - dataOffset)) {
    for (let position = extent.offset; position < extent.end; position += buffer.length) {
      const chunk = buffer.subarray(0, Math.min(buffer.length, extent.end - position));
      const got = await file.readAt(chunk, position);
      tallySectors(chunk.subarray(0, got), (position - dataOffset) / SECTOR_SIZE_BYTES, bitmap, tally);
      if (got < chunk.length) break;
    }
  }
  const sectorsInFile = Math.max(0, Math.floor((dataEnd - dataOffset) / SECTOR_SIZE_BYTES));
  const setSectors = countSetSectors(bitmap, sectors);
  const setInFile = countSetSectors(bitmap, Math.min(sectors, sectorsInFile));
  return {
    index,
    offset,
    bitmap,
    sectors,
    sectorsOfBlock,
    setSectors,
    nonZeroSectors: tally.nonZero,
    dirtySectors: tally.dirty,
    firstDirtySector: tally.firstDirty,
    lostSectors: setSectors - setInFile,
  };
}

/** Stretches with data, widened to sectors of the block; holes read as zeros and need no reading. */
async function dataExtents(
  file: RandomAccessFile,
  offset: number,
  length: number,
): Promise<{ offset: number; end: number }[]> {
  if (length <= 0) return [];
  const joined: { offset: number; end: number }[] = [];
  for (const extent of await file.extents(offset, length)) {
    if (extent.kind === 'hole') continue;
    const start = offset + Math.floor((extent.offset - offset) / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES;
    const wanted =
      offset + Math.ceil((extent.offset + extent.length - offset) / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES;
    const end = Math.min(offset + length, wanted);
    const previous = joined[joined.length - 1];
    if (previous && previous.end >= start) previous.end = Math.max(previous.end, end);
    else joined.push({ offset: start, end });
  }
  return joined;
}

function tallySectors(
  chunk: Buffer,
  firstSector: number,
  bitmap: Uint8Array,
  tally: { nonZero: number; dirty: number; firstDirty: number },
): void {
  if (chunk.equals(ZERO_CHUNK.subarray(0, chunk.length))) return;
  for (let start = 0; start < chunk.length; start += SECTOR_SIZE_BYTES) {
    const sector = chunk.subarray(start, start + SECTOR_SIZE_BYTES);
    if (sector.equals(ZERO_SECTOR.subarray(0, sector.length))) continue;
    tally.nonZero += 1;
    const sectorIndex = firstSector + start / SECTOR_SIZE_BYTES;
    if (isSectorSet(bitmap, sectorIndex)) continue;
    tally.dirty += 1;
    if (tally.firstDirty < 0) tally.firstDirty = sectorIndex;
  }
}
