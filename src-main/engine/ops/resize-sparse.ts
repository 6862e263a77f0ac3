import { AppError, invariant } from '../../../src-shared/errors';
import {
  DATA_ALIGNMENT_BYTES,
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  MAX_BAT_SECTOR,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { alignedFrom, roundUpToSector } from '../../../src-shared/vhd/layout';
import { counted } from '../check/words';
import { isAllZero, locateMetadata, openImageForWriting, readMetadata, type VhdMetadata } from '../disk';
import { FileOrder } from '../disk/file-order';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { batSizeBytes, freeEntries, isAllocated, type BatEntries } from '../format';
import type { RandomAccessFile } from '../io';
import { moveRanges, verifyMoves, type Move } from './move-ranges';
import { commonStretches, GapWalk, zeroStretches, type Stretch } from './gap-walk';
import { PhaseProgress, throwIfCancelled } from './operation';
import {
  batmapSpaceBytes,
  guestRangeOf,
  isBatAt,
  placeOf,
  readSparseImage,
  writeTables,
  type LocatorPlace,
  type NewEntries,
  type SparseImage,
} from './sparse-image';
import { withoutFlush } from './without-flush';

const HIDE_PIECE_BYTES = 1024 * 1024;

/**
 * Gives a dynamic or differencing image another size: a longer BAT pushes the blocks, locators and batmap in its way
 * behind the last block; a shorter one lets go of the blocks beyond the end. Blocks keep their bitmaps; what the
 * disk grows by reads as zeros, whatever a longer `parent` holds there.
 */
export async function resizeSparse(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  sizeBytes: number,
  parent: VirtualDisk | null,
  context: OperationContext,
): Promise<readonly string[]> {
  const image = await readSparseImage(file, metadata);
  const isGrowing = sizeBytes > image.sizeBytes;
  const pushed = planSparseResize(image, sizeBytes, file.path);
  const totalBytes = pushed.moves.reduce((sum, { length }) => sum + length, 0);
  // before anything moves: what is moved is proven afterwards, byte for byte
  if (isGrowing) await clearBehindOldEnd(file, image);
  const made = await moveRanges(file, pushed.moves, new PhaseProgress(context, 'move', totalBytes));
  await writeTables(file, image, {
    sizeBytes,
    entries: pushed.entries,
    locators: pushed.locators,
    batmap: image.batmap,
    endOffset: pushed.endOffset,
    headerOffset: image.headerOffset,
    batOffset: image.batOffset,
  });
  await file.flush();
  await zeroVacated(file, image, pushed, context);
  await verifyMoves(file, made, new PhaseProgress(context, 'verify', totalBytes));
  await requireReadsBack(file, sizeBytes, pushed.entries);
  const released = image.entries.length - pushed.entries.count;
  // what follows reads the new ones
  freeEntries(image.entries);
  const hiddenBytes = parent ? await hideParent(file, parent, image.sizeBytes, sizeBytes, context) : 0;
  return [
    ...(made.length === 0
      ? []
      : [
          `To make room for a longer BAT, ${counted(made.length, 'block or locator', 'blocks or locators')} moved.`,
        ]),
    ...(released > 0 ? [`The BAT is ${counted(released, 'entry', 'entries')} shorter.`] : []),
    ...(hiddenBytes > 0 ? ['Zeros hide what the parent holds behind the old end.'] : []),
  ];
}

/** Where everything of an image goes that gets another size. */
export interface SparseResizePlan {
  readonly moves: readonly Move[];
  readonly entries: NewEntries;
  readonly locators: readonly LocatorPlace[];
  /** Where the footer goes. */
  readonly endOffset: number;
  /** End of the new BAT and batmap. */
  readonly reservedEnd: number;
}

/** @throws AppError `unsupported`, `size-limit`. */
export function planSparseResize(image: SparseImage, sizeBytes: number, path: string): SparseResizePlan {
  const blockCount = Math.ceil(sizeBytes / image.blockSizeBytes);
  // Entries beyond the old end belong to no guest bytes; what they point at must not appear in the grown disk.
  const keptBlocks = Math.min(blockCount, Math.ceil(image.sizeBytes / image.blockSizeBytes));
  const kept = image.entries.first(keptBlocks);
  const reservedEnd = image.batOffset + batSizeBytes(blockCount) + batmapSpaceBytes(image.batmap, blockCount);
  requireHeaderOutside(image, reservedEnd, path);
  const leastEnd = sizeBytes > image.sizeBytes ? image.footerOffset : 0;
  const { moved, ...pushed } = pushOut(image, kept, reservedEnd, leastEnd);
  return { ...pushed, entries: { count: blockCount, kept, moved }, reservedEnd };
}

/** Everything that lies in the way of the tables, moved behind everything else; the file ends at `leastEnd` or later. */
function pushOut(
  image: SparseImage,
  entries: BatEntries,
  reservedEnd: number,
  leastEnd: number,
): { moves: Move[]; moved: Map<number, number>; locators: LocatorPlace[]; endOffset: number } {
  const isInTheWay = (offset: number, length: number): boolean =>
    offset < reservedEnd && offset + length > image.batOffset;
  const { inTheWay, endOffset: blocksEnd } = sortBlocks(image, entries, isInTheWay);
  const stayEnd = [
    reservedEnd,
    leastEnd,
    image.headerOffset + DYNAMIC_HEADER_SIZE_BYTES,
    ...image.locators.map(({ offset, spaceBytes }) => offset + spaceBytes),
    blocksEnd,
  ].reduce((end, one) => Math.max(end, one), 0);
  let endOffset = roundUpToSector(stayEnd);
  const moves: Move[] = [];
  const moved = new Map<number, number>();
  for (const block of inTheWay) {
    const from = placeOf(entries, block);
    const wasAligned = (from + image.bitmapBytes) % DATA_ALIGNMENT_BYTES === 0;
    const alignment = wasAligned ? DATA_ALIGNMENT_BYTES : SECTOR_SIZE_BYTES;
    const to = alignedFrom(endOffset, image.bitmapBytes, alignment);
    if (to / SECTOR_SIZE_BYTES > MAX_BAT_SECTOR)
      throw new AppError('size-limit', 'The file has reached 2 TiB, where a BAT entry can point no further.');
    moves.push({ from, to, length: image.strideBytes, guest: guestRangeOf(image, block) });
    moved.set(block, to / SECTOR_SIZE_BYTES);
    endOffset = to + image.strideBytes;
  }
  const locators = image.locators.map((locator): LocatorPlace => {
    if (!isInTheWay(locator.offset, locator.spaceBytes)) return locator;
    moves.push({
      from: locator.offset,
      to: endOffset,
      length: Math.min(locator.spaceBytes, locator.entry.dataLengthBytes),
    });
    const placed = { ...locator, offset: endOffset };
    endOffset += locator.spaceBytes;
    return placed;
  });
  return { moves, moved, locators, endOffset };
}

/** The blocks in the way, in file order, and the end of the block that ends last. */
function sortBlocks(
  image: SparseImage,
  entries: BatEntries,
  isInTheWay: (offset: number, length: number) => boolean,
): { readonly inTheWay: readonly number[]; readonly endOffset: number } {
  const inTheWay: number[] = [];
  let endOffset = 0;
  entries.someUsed((sector, block) => {
    const place = sector * SECTOR_SIZE_BYTES;
    endOffset = Math.max(endOffset, place + image.strideBytes);
    if (isInTheWay(place, image.strideBytes)) inTheWay.push(block);
    return false;
  });
  inTheWay.sort((a, b) => placeOf(entries, a) - placeOf(entries, b));
  return { inTheWay, endOffset };
}

/**
 * Zeros what was in use and is not any more: the places that blocks and locators moved from, those of blocks beyond the
 * new end, what a shorter BAT leaves, and the footer where the file has grown past it. What belonged to nothing before
 * stays: it may be what a rescue looks for.
 */
async function zeroVacated(
  file: RandomAccessFile,
  image: SparseImage,
  plan: SparseResizePlan,
  context: OperationContext,
): Promise<void> {
  const free = (): Iterable<Stretch> => freeStretches(image, plan);
  await zeroStretches(file, commonStretches(free(), vacatedByMoves(image, plan)), context);
  if (plan.entries.kept.length < image.entries.length)
    await zeroStretches(file, commonStretches(free(), droppedBlocks(image, plan)), context);
}

/** What lies free in the resized image. */
function* freeStretches(image: SparseImage, plan: SparseResizePlan): Generator<Stretch> {
  const { kept, moved } = plan.entries;
  const walk = new GapWalk([
    { start: 0, end: FOOTER_SIZE_BYTES },
    { start: image.headerOffset, end: image.headerOffset + DYNAMIC_HEADER_SIZE_BYTES },
    { start: image.batOffset, end: plan.reservedEnd },
    ...plan.locators.map(({ offset, spaceBytes }) => ({ start: offset, end: offset + spaceBytes })),
    ...plan.moves.map(({ to, length }) => ({ start: to, end: to + length })),
  ]);
  for (const { sectors } of new FileOrder(kept, (_, block) => !moved.has(block))) {
    for (const sector of sectors) {
      const place = sector * SECTOR_SIZE_BYTES;
      if (place > walk.position) yield* walk.upTo(place);
      walk.pass(place + image.strideBytes);
    }
  }
  yield* walk.upTo(plan.endOffset);
}

/** In order, none overlapping another. */
function vacatedByMoves(image: SparseImage, plan: SparseResizePlan): readonly Stretch[] {
  const places = new Set(plan.locators.map(({ offset }) => offset));
  const vacated = [
    { start: image.batOffset, end: image.tablesEnd },
    { start: image.footerOffset, end: image.footerOffset + FOOTER_SIZE_BYTES },
    ...plan.moves.map(({ from, length }) => ({ start: from, end: from + length })),
    ...image.locators
      .filter(({ offset }) => !places.has(offset))
      .map(({ offset, spaceBytes }) => ({ start: offset, end: offset + spaceBytes })),
  ].sort((a, b) => a.start - b.start);
  let position = 0;
  return vacated.flatMap(({ start, end }) => {
    const from = Math.max(start, position);
    position = Math.max(position, end);
    return end > from ? [{ start: from, end }] : [];
  });
}

/** In order; entries beyond the old end of the disk may overlap one another. */
function* droppedBlocks(image: SparseImage, { entries: { kept } }: SparseResizePlan): Generator<Stretch> {
  for (const { sectors } of new FileOrder(image.entries, (_, block) => block >= kept.length)) {
    for (const sector of sectors) {
      const start = sector * SECTOR_SIZE_BYTES;
      yield { start, end: start + image.strideBytes };
    }
  }
}

/** A header between BAT and blocks cannot be moved without moving what points at it; nothing writes such images. */
function requireHeaderOutside(image: SparseImage, reservedEnd: number, path: string): void {
  const isBehindBat = image.headerOffset > image.batOffset;
  if (!isBehindBat || image.headerOffset >= reservedEnd) return;
  throw new AppError('unsupported', `"${path}" has its dynamic disk header where a longer BAT would go.`, {
    context: { path, offset: image.headerOffset },
    hint: 'Convert it into a new image of the wanted size instead.',
    unchanged: 'Nothing was written.',
  });
}

/** The last block may hold anything behind the old end of the disk; in the grown disk that must read as zeros. */
async function clearBehindOldEnd(file: RandomAccessFile, image: SparseImage): Promise<void> {
  const { entries } = image;
  const inLastBlock = image.sizeBytes % image.blockSizeBytes;
  if (inLastBlock === 0) return;
  const block = Math.floor(image.sizeBytes / image.blockSizeBytes);
  if (!isAllocated(entries.at(block))) return;
  const dataOffset = placeOf(entries, block) + image.bitmapBytes;
  await file.zeroRange(dataOffset + inLastBlock, image.blockSizeBytes - inLastBlock);
}

/**
 * What a parent holds behind the end of its child was never the child's: there the grown child gets zeros of its own.
 * @returns how many bytes of the parent are hidden by them.
 */
async function hideParent(
  file: RandomAccessFile,
  parent: VirtualDisk,
  oldSizeBytes: number,
  sizeBytes: number,
  context: OperationContext,
): Promise<number> {
  const end = Math.min(sizeBytes, parent.sizeBytes);
  if (end <= oldSizeBytes) return 0;
  // the journal takes an interrupted change back; the flushes of a careful writer would only cost time
  const disk = openImageForWriting(withoutFlush(file), await readMetadata(file), parent);
  const buffer = new Uint8Array(HIDE_PIECE_BYTES);
  let hiddenBytes = 0;
  for await (const { offset, length, state } of parent.extents(oldSizeBytes, end - oldSizeBytes)) {
    if (state !== 'data' && state !== 'parent') continue;
    for (let at = 0; at < length; at += HIDE_PIECE_BYTES) {
      throwIfCancelled(context);
      const piece = buffer.subarray(0, Math.min(HIDE_PIECE_BYTES, length - at));
      await parent.readAt(piece, offset + at);
      if (isAllZero(piece)) continue;
      await disk.writeZeros(offset + at, piece.length);
      hiddenBytes += piece.length;
    }
  }
  await file.flush();
  return hiddenBytes;
}

async function requireReadsBack(
  file: RandomAccessFile,
  sizeBytes: number,
  entries: NewEntries,
): Promise<void> {
  const { active, footer, footerCopy, header, bat } = await locateMetadata(file);
  invariant(active, 'a written footer is found');
  const isRight =
    footer?.checksum.valid === true &&
    footerCopy?.checksum.valid === true &&
    header?.checksum.valid === true &&
    active.fields.currentSizeBytes === sizeBytes &&
    bat?.readEntries === entries.count &&
    (await isBatAt(file, entries, bat.offset));
  if (isRight) return;
  throw new AppError('verify-failed', `"${file.path}" does not read back with its new size.`, {
    unchanged: 'Everything was put back.',
  });
}
