/** What can still be told about a block image whose metadata is damaged: size, block size, and which block is where. */
import { BAT_UNUSED, DYNAMIC_HEADER_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { isBlockSizeLegal } from '../../../src-shared/vhd/block-size';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { safe } from '../check/image-facts';
import { counted } from '../check/words';
import type { VhdMetadata } from '../disk/metadata';
import type { OperationContext } from '../disk/virtual-disk';
import { BAT_ENTRIES_MAX, batSizeBytes, readBat, sectorBitmapBytes } from '../format';
import type { RandomAccessFile } from '../io';
import { deriveHeader } from '../repair/items/header-derive';
import { BLOCK_SIZES_TRIED } from '../repair/items/header-guess';
import { findAnchors, type Anchors } from './rescue-anchors';
import { findTable } from './rescue-table';
import { detectBlockSize, findBlocks } from './rescue-find-blocks';
import { placeBlocks, type PlacedBlock } from './rescue-place-blocks';

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
  readonly blocks: readonly PlacedBlock[];
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
  metadata: VhdMetadata,
  report: RescueReport,
  context: OperationContext,
): Promise<Survey | null> {
  const type = typeOf(metadata);
  const isChild = type === 'differencing';
  const dataEnd = metadata.footer?.position === 'end' ? metadata.footer.offset : metadata.fileSizeBytes;
  const footerSize = footerSizeOf(metadata, report);
  const shape = await findShape(file, metadata, footerSize, { ...context, dataEnd, isChild }, report);
  if (!shape) return null;
  const { blockSizeBytes } = shape;
  const count = entryCount(metadata, footerSize, shape);
  const table = await readTable(file, metadata, shape, count, dataEnd);
  const scanStart = Math.max(
    512,
    shape.isCertain && count !== null ? shape.tableOffset + batSizeBytes(count) : 512,
  );
  const stride = sectorBitmapBytes(blockSizeBytes) + blockSizeBytes;
  const claimed = table.known
    .map(({ offset }) => ({ start: offset, end: offset + stride }))
    .sort((a, b) => a.start - b.start);
  const found = await findBlocks(file, {
    ...context,
    blockSizeBytes,
    start: scanStart,
    end: dataEnd,
    claimed,
    isChild,
  });
  const anchors = await findAnchors(
    file,
    [...table.known.map(({ offset }) => offset), ...found],
    blockSizeBytes,
    context,
  );
  const sizeBytes = settleSize(
    footerSize,
    metadata,
    shape,
    anchors,
    found.length + table.known.length,
    report,
  );
  const places = Math.ceil(sizeBytes / blockSizeBytes);
  if (places > BAT_ENTRIES_MAX) return null;
  const known = table.known.filter(({ index }) => index < places);
  const free = freePlaces(table, known, places);
  const { placed, unplaced } = placeBlocks(known, found, anchors.anchors, free);
  tellBlocks(
    report,
    placed,
    unplaced,
    table.damaged.filter((index) => index < places),
    anchors,
    blockSizeBytes,
  );
  if (placed.length === 0 && footerSize === null && !shape.isCertain) return null;
  return { type, sizeBytes, blockSizeBytes, blocks: placed };
}

const isHeaderSound = ({ header }: VhdMetadata): boolean =>
  header?.cookieValid === true && header.checksum.valid;

/** A child only where its header can still name the parent; else nobody could read it. */
function typeOf(metadata: VhdMetadata): Survey['type'] {
  const { header, type } = metadata;
  const namesParent = isHeaderSound(metadata) && header?.fields.parentUniqueId !== NULL_UUID;
  return namesParent && type !== 'dynamic' ? 'differencing' : 'dynamic';
}

function footerSizeOf({ active }: VhdMetadata, report: RescueReport): number | null {
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
  metadata: VhdMetadata,
  footerSize: number | null,
  options: OperationContext & { readonly dataEnd: number; readonly isChild: boolean },
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

function entryCount({ header }: VhdMetadata, footerSize: number | null, shape: Shape): number | null {
  if (footerSize !== null) return Math.ceil(footerSize / shape.blockSizeBytes);
  return header?.cookieValid ? header.fields.maxTableEntries : (shape.entries ?? null);
}

interface SurvivingTable {
  readonly known: readonly PlacedBlock[];
  /** Indexes whose entries are in use and lead nowhere. */
  readonly damaged: readonly number[];
}

/** Entries that lead to whole blocks, none over another. Of a table whose place is not certain they are only likely. */
async function readTable(
  file: RandomAccessFile,
  { fileSizeBytes }: VhdMetadata,
  shape: Shape,
  count: number | null,
  dataEnd: number,
): Promise<SurvivingTable> {
  if (count === null || count > BAT_ENTRIES_MAX || shape.tableOffset >= dataEnd)
    return { known: [], damaged: [] };
  const table = await readBat(file, shape.tableOffset, count, fileSizeBytes, count);
  const entries = table.entries.slice();
  const stride = sectorBitmapBytes(shape.blockSizeBytes) + shape.blockSizeBytes;
  const minimum = Math.min(shape.tableOffset + batSizeBytes(count), dataEnd);
  const inUse = [...entries.keys()].filter((index) => entries[index] !== BAT_UNUSED);
  inUse.sort((a, b) => (entries[a] ?? 0) - (entries[b] ?? 0) || a - b);
  const known: PlacedBlock[] = [];
  const damaged: number[] = [];
  let end = minimum;
  for (const index of inUse) {
    const offset = (entries[index] ?? 0) * SECTOR_SIZE_BYTES;
    if (offset < end || offset + stride > dataEnd) damaged.push(index);
    else {
      known.push({ offset, index, confidence: shape.isCertain ? 'certain' : 'likely' });
      end = offset + stride;
    }
  }
  return { known, damaged: damaged.sort((a, b) => a - b) };
}

/** A table with sound entries is believed about what is free in it; one without is believed in nothing. */
function freePlaces(table: SurvivingTable, known: readonly PlacedBlock[], places: number): readonly number[] {
  if (known.length > 0) return table.damaged.filter((index) => index < places);
  return Array.from({ length: places }, (_, index) => index);
}

function settleSize(
  footerSize: number | null,
  { header }: VhdMetadata,
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

function tellBlocks(
  report: RescueReport,
  placed: readonly PlacedBlock[],
  unplaced: readonly number[],
  damaged: readonly number[],
  { anchors }: Anchors,
  blockSizeBytes: number,
): void {
  const of = (confidence: PlacedBlock['confidence']): readonly PlacedBlock[] =>
    placed.filter((block) => block.confidence === confidence);
  const words = (count: number): string => counted(count, 'block', 'blocks');
  if (of('certain').length > 0)
    report.certain.push(`${words(of('certain').length)} by their entries in the BAT.`);
  if (of('likely').length > 0)
    report.likely.push(
      `${words(of('likely').length)} by entries of a table whose header is damaged, by their content, or by the only places left between two others.`,
    );
  for (const anchor of anchors.filter((one) =>
    placed.some((block) => block.offset === one.offset && block.confidence !== 'certain'),
  ))
    report.likely.push(`Block ${anchor.index} by ${anchor.reason}.`);
  const guesses = of('guess');
  if (guesses.length > 0)
    report.guessed.push(
      `${words(guesses.length)} only by the order in which they lie in the file (blocks ${indexList(guesses)}): look at them before you rely on them.`,
    );
  const filled = new Set(placed.map(({ index }) => index));
  const missing = damaged.filter((index) => !filled.has(index));
  if (missing.length > 0)
    report.lost.push(
      `${words(missing.length)} that the BAT says were in use, ${formatSizeBoth(missing.length * blockSizeBytes)} of the disk (blocks ${indexList(missing.map((index) => ({ index })))}): they read as zeros.`,
    );
  if (unplaced.length > 0)
    report.lost.push(
      `${words(unplaced.length)} found in the file for which there is no place (at bytes ${unplaced.slice(0, 5).join(', ')}${unplaced.length > 5 ? ' …' : ''}).`,
    );
}

const indexList = (blocks: readonly { readonly index: number }[]): string =>
  blocks
    .slice(0, 8)
    .map(({ index }) => index)
    .join(', ') + (blocks.length > 8 ? ' …' : '');
