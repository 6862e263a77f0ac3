/** A BAT at its usual place that bears itself out, where neither a footer nor the header is left to lead to it. */
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { BAT_ENTRIES_MAX, readBat, sectorBitmapBytes } from '../format';
import type { RandomAccessFile } from '../io';
import { BLOCK_SIZES_TRIED } from '../repair/items/header-guess';

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
  const { entries } = await readBat(file, tableOffset, most, dataEnd, most);
  const used: number[] = [];
  let first = Infinity;
  let count = 0;
  for (let index = 0; index < entries.length; index += 1) {
    if (tableOffset + index * BAT_ENTRY_SIZE_BYTES >= first * SECTOR_SIZE_BYTES) break;
    const sector = entries.at(index) ?? BAT_UNUSED;
    if (sector === BAT_UNUSED) continue;
    // some writers fill up the last sector of the table with zeros
    if (sector === 0 && first < Infinity) break;
    if (sector * SECTOR_SIZE_BYTES <= tableOffset + index * BAT_ENTRY_SIZE_BYTES) return null;
    used.push(sector);
    first = Math.min(first, sector);
    count = index + 1;
  }
  used.sort((a, b) => a - b);
  const ends = [...used.slice(1), Math.floor(dataEnd / SECTOR_SIZE_BYTES)];
  const least = used.reduce((sum, sector, at) => Math.min(sum, (ends[at] ?? 0) - sector), Infinity);
  const blockSizeBytes = BLOCK_SIZES_TRIED.find((size) => {
    const stride = (sectorBitmapBytes(size) + size) / SECTOR_SIZE_BYTES;
    return least >= stride && least <= stride + PADDING_SECTORS;
  });
  return blockSizeBytes === undefined ? null : { blockSizeBytes, entries: count };
}
