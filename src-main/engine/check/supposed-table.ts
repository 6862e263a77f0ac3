/** A BAT that is only supposed to be one, looked through without being held. */
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { findOverlaps } from '../disk/find-overlaps';
import { BAT_ENTRIES_MAX, decodeBat, freeEntries, readBat } from '../format';
import type { RandomAccessFile } from '../io';

const PIECE_ENTRIES = 64 * 1024;

/** Entries of a table as they stand in the file, piece by piece, as far as it goes. */
export async function* entriesInFile(
  file: RandomAccessFile,
  offset: number,
  count: number,
): AsyncGenerator<{ readonly first: number; readonly entries: Uint32Array }> {
  const room = Buffer.alloc(Math.min(PIECE_ENTRIES, count) * BAT_ENTRY_SIZE_BYTES);
  for (let first = 0; first < count; first += PIECE_ENTRIES) {
    const wanted = room.subarray(0, (count - first) * BAT_ENTRY_SIZE_BYTES);
    const got = await file.readAt(wanted, offset + first * BAT_ENTRY_SIZE_BYTES);
    yield { first, entries: decodeBat(wanted.subarray(0, got - (got % BAT_ENTRY_SIZE_BYTES))) };
    if (got < wanted.length) return;
  }
}

export interface SupposedTable {
  readonly offset: number;
  readonly entries: number;
  readonly strideSectors: number;
  /** Blocks lie in `[firstSector, endSector)`. */
  readonly firstSector: number;
  readonly endSector: number;
}

/** How many blocks a table has and where the last begins; null where one lies outside, or two share bytes. */
export async function surveyTable(
  file: RandomAccessFile,
  { offset, entries: count, strideSectors, firstSector, endSector }: SupposedTable,
): Promise<{ readonly allocated: number; readonly lastSector: number | null } | null> {
  const readCount = Math.min(count, BAT_ENTRIES_MAX);
  let allocated = 0;
  let last = -Infinity;
  let isOrdered = true;
  for await (const { entries } of entriesInFile(file, offset, readCount)) {
    for (let at = 0; at < entries.length; at += 1) {
      const sector = entries[at] ?? BAT_UNUSED;
      if (sector === BAT_UNUSED) continue;
      if (sector < firstSector || sector + strideSectors > endSector) return null;
      isOrdered &&= sector >= last + strideSectors;
      last = Math.max(last, sector);
      allocated += 1;
    }
  }
  if (!isOrdered) {
    const { entries } = await readBat(file, offset, readCount, await file.size(), readCount);
    const overlaps = findOverlaps(entries, strideSectors, () => true);
    freeEntries(entries);
    if (overlaps !== null) return null;
  }
  return { allocated, lastSector: allocated === 0 ? null : last };
}
