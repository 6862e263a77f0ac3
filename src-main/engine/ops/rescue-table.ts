/** What is left of a BAT: one at its usual place that bears itself out, and the entries of one that lead to blocks. */
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { FileOrder } from '../disk/file-order';
import { BlockSet } from '../disk/find-overlaps';
import type { OperationContext } from '../disk/virtual-disk';
import {
  BatEntries,
  BAT_ENTRIES_MAX,
  batSizeBytes,
  freeEntries,
  readBat,
  sectorBitmapBytes,
} from '../format';
import type { RandomAccessFile } from '../io';
import { entriesInFile } from '../check/supposed-table';
import { BLOCK_SIZES_TRIED } from '../repair/items/header-guess';
import { Breather } from './operation';

/** Blocks that are aligned to pages lie this much further apart at most. */
const PADDING_SECTORS = 4096 / SECTOR_SIZE_BYTES;

export interface FoundTable {
  readonly blockSizeBytes: number;
  /** Up to the last entry in use. */
  readonly entries: number;
}

/**
 * Null unless every entry in front of the first block is unused, or leads to a block of its own inside the file, and
 * the least distance between blocks is that of a block size.
 */
export async function findTable(
  file: RandomAccessFile,
  tableOffset: number,
  dataEnd: number,
): Promise<FoundTable | null> {
  const most = Math.min(BAT_ENTRIES_MAX, Math.floor((dataEnd - tableOffset) / BAT_ENTRY_SIZE_BYTES));
  if (most <= 0) return null;
  let first = Infinity;
  let count = 0;
  let least = Infinity;
  let last = -1;
  let isOrdered = true;
  const endOfTable = (): number => first * SECTOR_SIZE_BYTES;
  walk: for await (const part of entriesInFile(file, tableOffset, most)) {
    for (let at = 0; at < part.entries.length; at += 1) {
      const index = part.first + at;
      if (tableOffset + index * BAT_ENTRY_SIZE_BYTES >= endOfTable()) break walk;
      const sector = part.entries[at] ?? BAT_UNUSED;
      if (sector === BAT_UNUSED) continue;
      // some writers fill up the last sector of the table with zeros
      if (sector === 0 && first < Infinity) break walk;
      if (sector * SECTOR_SIZE_BYTES <= tableOffset + index * BAT_ENTRY_SIZE_BYTES) return null;
      if (sector <= last) isOrdered = false;
      else if (last >= 0) least = Math.min(least, sector - last);
      last = Math.max(last, sector);
      first = Math.min(first, sector);
      count = index + 1;
    }
  }
  if (!isOrdered) least = await leastDistance(file, tableOffset, count, dataEnd);
  if (count > 0) least = Math.min(least, Math.floor(dataEnd / SECTOR_SIZE_BYTES) - last);
  const blockSizeBytes = BLOCK_SIZES_TRIED.find((size) => {
    const stride = (sectorBitmapBytes(size) + size) / SECTOR_SIZE_BYTES;
    return least >= stride && least <= stride + PADDING_SECTORS;
  });
  return blockSizeBytes === undefined ? null : { blockSizeBytes, entries: count };
}

/** In sectors, between the places of any two blocks. */
async function leastDistance(
  file: RandomAccessFile,
  tableOffset: number,
  count: number,
  dataEnd: number,
): Promise<number> {
  const { entries } = await readBat(file, tableOffset, count, dataEnd, count);
  let least = Infinity;
  let last = -Infinity;
  for (const { sectors } of new FileOrder(entries)) {
    for (const sector of sectors) {
      least = Math.min(least, sector - last);
      last = sector;
    }
  }
  freeEntries(entries);
  return least;
}

/** The entries of a table that lead to whole blocks, none over another. */
export interface SurvivingTable {
  /** Only those. */
  readonly entries: BatEntries;
  readonly known: BlockSet;
  readonly knownCount: number;
  /** In use, and leading nowhere. */
  readonly damaged: BlockSet;
}

export const NO_TABLE = (): SurvivingTable => ({
  entries: BatEntries.unused(0),
  known: new BlockSet(0),
  knownCount: 0,
  damaged: new BlockSet(0),
});

export async function readSurvivingTable(
  file: RandomAccessFile,
  tableOffset: number,
  count: number,
  strideBytes: number,
  dataEnd: number,
  context: OperationContext,
): Promise<SurvivingTable> {
  const { entries } = await readBat(file, tableOffset, count, await file.size(), count);
  const known = new BlockSet(entries.length);
  const damaged = new BlockSet(entries.length);
  const breather = new Breather(context);
  let knownCount = 0;
  let end = Math.min(tableOffset + batSizeBytes(count), dataEnd);
  const order = new FileOrder(entries);
  for (const stretch of order.stretches) {
    await breather.breathe();
    const { blocks, sectors } = order.blocksOf(stretch);
    for (let at = 0; at < blocks.length; at += 1) {
      const block = blocks[at] ?? 0;
      const offset = (sectors[at] ?? 0) * SECTOR_SIZE_BYTES;
      if (offset < end || offset + strideBytes > dataEnd) {
        damaged.add(block);
        continue;
      }
      known.add(block);
      knownCount += 1;
      end = offset + strideBytes;
    }
  }
  for (let block = 0; block < entries.length; block += 1)
    if (damaged.has(block)) entries.set(block, BAT_UNUSED);
  return { entries, known, knownCount, damaged };
}

/** Byte offsets of what a table knows, in file order. */
export function* knownOffsets({ entries, known }: SurvivingTable): Generator<number> {
  for (const { sectors } of new FileOrder(entries, (_, block) => known.has(block)))
    for (const sector of sectors) yield sector * SECTOR_SIZE_BYTES;
}

/** The same table as long as the disk, what lies behind it cut off. */
export function fitTable({ entries }: SurvivingTable, places: number): BatEntries {
  if (entries.length >= places) return entries.first(places);
  const longer = BatEntries.unused(places);
  entries.someUsed((sector, index) => {
    longer.set(index, sector);
    return false;
  });
  return longer;
}
