/** What can still be told about a block image whose metadata is damaged: size, block size, and which block is where. */
import { BAT_UNUSED, DYNAMIC_HEADER_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { isBlockSizeLegal } from '../../../src-shared/vhd/block-size';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { safe } from '../check/image-facts';
import { counted } from '../check/words';
import type { LocatedMetadata } from '../disk/metadata';
import type { OperationContext } from '../disk/virtual-disk';
import { BAT_ENTRIES_MAX, batSizeBytes, sectorBitmapBytes, type BatEntries } from '../format';
import type { RandomAccessFile } from '../io';
import { deriveHeader } from '../repair/items/header-derive';
import { BLOCK_SIZES_TRIED } from '../repair/items/header-guess';
import { findAnchors, type Anchors } from './rescue-anchors';
import { detectBlockSize, findBlocks, type FindOptions } from './rescue-find-blocks';
import type { FoundBlocks } from './rescue-found-blocks';
import type { Holes } from './rescue-holes';
import { IndexSet } from './rescue-index-set';
import { placeBlocks, type Placement } from './rescue-place-blocks';
import {
  findTable,
  fitTable,
  knownOffsets,
  NO_TABLE,
  readSurvivingTable,
  type SurvivingTable,
} from './rescue-table';

/** What was found, in sentences, by how far it can be relied on. */
export class RescueReport {
  readonly certain: string[] = [];
  readonly likely: string[] = [];
  /** What nothing but the order in the file speaks for. */
  readonly guessed: string[] = [];
  readonly lost: string[] = [];
}

export interface Survey {
  readonly type: 'dynamic' | 'differencing';
  readonly sizeBytes: number;
  readonly blockSizeBytes: number;
  /** As long as the disk: where in the source each block lies that was found. */
  readonly entries: BatEntries;
}

interface Shape {
  readonly blockSizeBytes: number;
  readonly tableOffset: number;
  /** Of a table that alone says how many there are; null elsewhere. */
  readonly entries?: number;
  /** From a header whose checksum holds. */
  readonly isCertain: boolean;
}

/** Null where neither block nor metadata is left. */
export async function surveyBlocks(
  file: RandomAccessFile,
  holes: Holes,
  metadata: LocatedMetadata,
  report: RescueReport,
  context: OperationContext,
): Promise<Survey | null> {
  const type = typeOf(metadata);
  const isChild = type === 'differencing';
  const dataEnd = metadata.footer?.position === 'end' ? metadata.footer.offset : metadata.fileSizeBytes;
  const footerSize = footerSizeOf(metadata, report);
  const shape = await findShape(file, metadata, footerSize, { ...context, holes, dataEnd, isChild }, report);
  if (!shape) return null;
  const { blockSizeBytes } = shape;
  const count = entryCount(metadata, footerSize, shape);
  const stride = sectorBitmapBytes(blockSizeBytes) + blockSizeBytes;
  const table =
    count === null || count > BAT_ENTRIES_MAX || shape.tableOffset >= dataEnd
      ? NO_TABLE()
      : await readSurvivingTable(file, shape.tableOffset, count, stride, dataEnd, context);
  const scanStart = Math.max(
    512,
    shape.isCertain && count !== null ? shape.tableOffset + batSizeBytes(count) : 512,
  );
  const found = await findBlocks(file, {
    ...context,
    holes,
    blockSizeBytes,
    start: scanStart,
    end: dataEnd,
    claimed: claimedBy(table, stride),
    isChild,
  });
  const anchors = await findAnchors(file, holes, () => allOffsets(table, found), blockSizeBytes, context);
  const blocks = found.count + table.knownCount;
  const sizeBytes = settleSize(footerSize, metadata, shape, anchors, blocks, report);
  const places = Math.ceil(sizeBytes / blockSizeBytes);
  if (places > BAT_ENTRIES_MAX) return null;
  const entries = fitTable(table, places);
  const knownCount = entries.countUsed();
  const free = freePlaces(table, knownCount, places);
  const placement = await placeBlocks(
    {
      entries,
      known: table.known,
      isKnownCertain: shape.isCertain,
      found,
      anchors: anchors.anchors,
      free,
      strideBytes: stride,
    },
    context,
  );
  tellBlocks(report, { entries, knownCount, table, placement, shape });
  if (footerSize === null && !shape.isCertain && entries.nextUsed(0, places) === places) return null;
  return { type, sizeBytes, blockSizeBytes, entries };
}

function* claimedBy(table: SurvivingTable, strideBytes: number): Generator<{ start: number; end: number }> {
  for (const offset of knownOffsets(table)) yield { start: offset, end: offset + strideBytes };
}

function* allOffsets(table: SurvivingTable, found: FoundBlocks): Generator<number> {
  yield* knownOffsets(table);
  yield* found;
}

const isHeaderSound = ({ header }: LocatedMetadata): boolean =>
  header?.cookieValid === true && header.checksum.valid;

/** A child only where its header can still name the parent; else nobody could read it. */
function typeOf(metadata: LocatedMetadata): Survey['type'] {
  const { header, type } = metadata;
  const namesParent = isHeaderSound(metadata) && header?.fields.parentUniqueId !== NULL_UUID;
  return namesParent && type !== 'dynamic' ? 'differencing' : 'dynamic';
}

function footerSizeOf({ active }: LocatedMetadata, report: RescueReport): number | null {
  const size = safe(active?.fields.currentSizeBytes);
  if (!active || size === null || size === 0) return null;
  const where = active.structure === 'footer' ? 'footer' : 'footer copy';
  if (active.cookieValid && active.checksum.valid) {
    report.certain.push(`The ${where} is sound: ${formatSizeBoth(size)}.`);
    return size;
  }
  if (!active.cookieValid && active.type === null) return null;
  report.likely.push(`The ${where} is damaged; its size of ${formatSizeBoth(size)} was taken.`);
  return size;
}

async function findShape(
  file: RandomAccessFile,
  metadata: LocatedMetadata,
  footerSize: number | null,
  options: OperationContext &
    Pick<FindOptions, 'holes'> & { readonly dataEnd: number; readonly isChild: boolean },
  report: RescueReport,
): Promise<Shape | null> {
  const { header, fileSizeBytes } = metadata;
  const headerOffset = header?.offset ?? SECTOR_SIZE_BYTES;
  const usualTable = headerOffset + DYNAMIC_HEADER_SIZE_BYTES;
  if (header?.cookieValid && isBlockSizeLegal(header.fields.blockSizeBytes)) {
    const isCertain = header.checksum.valid;
    const { blockSizeBytes, tableOffset } = header.fields;
    const text = `blocks of ${formatSizeBoth(blockSizeBytes)}`;
    (isCertain ? report.certain : report.likely).push(
      isCertain
        ? `The dynamic disk header is sound: ${text}.`
        : `The dynamic disk header fails its checksum; its ${text} were taken.`,
    );
    return { blockSizeBytes, tableOffset: safe(tableOffset) ?? usualTable, isCertain };
  }
  if (footerSize !== null) {
    const derived = await deriveHeader(file, {
      headerOffset,
      currentSizeBytes: footerSize,
      dataEndOffset: options.dataEnd,
      fileSizeBytes,
    });
    if (derived && derived.allocatedBlocks > 0) {
      report.likely.push(
        `The dynamic disk header is gone; the BAT at byte ${derived.tableOffset} fits blocks of ${formatSizeBoth(derived.blockSizeBytes)}.`,
      );
      return { blockSizeBytes: derived.blockSizeBytes, tableOffset: derived.tableOffset, isCertain: false };
    }
  }
  const table = footerSize === null ? await findTable(file, usualTable, options.dataEnd) : null;
  if (table) {
    report.likely.push(
      `Footers and header are gone; the BAT at its usual place, byte ${usualTable}, is whole and fits blocks of ${formatSizeBoth(table.blockSizeBytes)}.`,
    );
    return { ...table, tableOffset: usualTable, isCertain: false };
  }
  const detected = await detectBlockSize(file, BLOCK_SIZES_TRIED, {
    ...options,
    start: 512,
    end: options.dataEnd,
  });
  if (!detected) return null;
  report.likely.push(
    `The dynamic disk header is gone; the distance between the sector bitmaps shows blocks of ${formatSizeBoth(detected.blockSizeBytes)}.`,
  );
  return { blockSizeBytes: detected.blockSizeBytes, tableOffset: usualTable, isCertain: false };
}

function entryCount({ header }: LocatedMetadata, footerSize: number | null, shape: Shape): number | null {
  if (footerSize !== null) return Math.ceil(footerSize / shape.blockSizeBytes);
  return header?.cookieValid ? header.fields.maxTableEntries : (shape.entries ?? null);
}

/** A table with sound entries is believed about what is free in it; one without is believed in nothing. */
function freePlaces({ entries, damaged }: SurvivingTable, knownCount: number, places: number): IndexSet {
  if (knownCount === 0) return IndexSet.full(places);
  const free = new IndexSet(places);
  for (let index = 0; index < Math.min(entries.length, places); index += 1)
    if (damaged.has(index)) free.add(index);
  return free;
}

function settleSize(
  footerSize: number | null,
  { header }: LocatedMetadata,
  { blockSizeBytes, entries: tableEntries = 0 }: Shape,
  { gptSizeBytes, partitionsEndBytes }: Anchors,
  blocks: number,
  report: RescueReport,
): number {
  if (footerSize !== null) return footerSize;
  const say = (size: number, why: string): number => {
    report.likely.push(`The size is lost with the footers; ${formatSizeBoth(size)} was taken, ${why}.`);
    return size;
  };
  if (gptSizeBytes !== null) return say(gptSizeBytes, 'as the GPT of the disk says');
  const entries = header?.cookieValid ? header.fields.maxTableEntries : 0;
  if (entries > 0 && entries <= BAT_ENTRIES_MAX)
    return say(entries * blockSizeBytes, 'the most that the entries in the header can hold');
  const atLeast = Math.max(partitionsEndBytes ?? 0, blocks * blockSizeBytes, tableEntries * blockSizeBytes);
  const rounded = Math.ceil(atLeast / blockSizeBytes) * blockSizeBytes;
  return say(
    rounded,
    partitionsEndBytes === null ? 'as many blocks as were found' : 'so that all partitions fit',
  );
}

interface Told {
  readonly entries: BatEntries;
  readonly knownCount: number;
  readonly table: SurvivingTable;
  readonly placement: Placement;
  readonly shape: Shape;
}

function tellBlocks(
  report: RescueReport,
  { entries, knownCount, table, placement, shape: { isCertain, blockSizeBytes } }: Told,
): void {
  const { counts, guesses, unplacedCount, firstUnplaced } = placement;
  const words = (count: number): string => counted(count, 'block', 'blocks');
  const likely = counts.likely + (isCertain ? 0 : knownCount);
  if (isCertain && knownCount > 0) report.certain.push(`${words(knownCount)} by their entries in the BAT.`);
  if (likely > 0)
    report.likely.push(
      `${words(likely)} by entries of a table whose header is damaged, by their content, or by the only places left between two others.`,
    );
  for (const { index, reason } of placement.anchorsOfPlaced)
    report.likely.push(`Block ${index} by ${reason}.`);
  if (counts.guessed > 0)
    report.guessed.push(
      `${words(counts.guessed)} only by the order in which they lie in the file (blocks ${indexList(
        counts.guessed,
        firstOf(entries.length, (index) => guesses.has(index)),
      )}): look at them before you rely on them.`,
    );
  const isMissing = (index: number): boolean => table.damaged.has(index) && entries.at(index) === BAT_UNUSED;
  let missing = 0;
  for (let index = 0; index < Math.min(table.entries.length, entries.length); index += 1)
    if (isMissing(index)) missing += 1;
  if (missing > 0)
    report.lost.push(
      `${words(missing)} that the BAT says were in use, ${formatSizeBoth(missing * blockSizeBytes)} of the disk (blocks ${indexList(missing, firstOf(entries.length, isMissing))}): they read as zeros.`,
    );
  if (unplacedCount > 0)
    report.lost.push(
      `${words(unplacedCount)} found in the file for which there is no place (at bytes ${firstUnplaced.slice(0, UNPLACED_NAMED).join(', ')}${unplacedCount > UNPLACED_NAMED ? ' …' : ''}).`,
    );
}

const INDEXES_NAMED = 8;
const UNPLACED_NAMED = 5;

function firstOf(length: number, test: (index: number) => boolean): readonly number[] {
  const found: number[] = [];
  for (let index = 0; index < length && found.length < INDEXES_NAMED; index += 1)
    if (test(index)) found.push(index);
  return found;
}

const indexList = (count: number, first: readonly number[]): string =>
  first.join(', ') + (count > INDEXES_NAMED ? ' …' : '');
