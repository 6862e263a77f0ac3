/** Entries of the BAT that are given up, however many. */
import { readU32, writeU32 } from '../../../../src-shared/vhd/bytes';
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED } from '../../../../src-shared/vhd/constants';
import type { RandomAccessFile } from '../../io';
import type { RepairContext } from '../recipe';

/** So many are changes of their own; of more, pieces of the table are written. */
const ONE_BY_ONE_MAX = 65_536;
const PIECE_ENTRIES = 256 * 1024;

export interface ClearedEntries {
  readonly batOffset: number;
  /** Entries `[from, to)` are looked at. */
  readonly from: number;
  readonly to: number;
  /** How many of them go. */
  readonly count: number;
  /** Asked about entries that are in use. */
  readonly isCleared: (index: number) => boolean;
}

/** Makes the entries that `isCleared` names free. The table is read piece by piece, from the file as it is. */
export async function clearEntries(
  { file, breathe }: Pick<RepairContext, 'file' | 'breathe'>,
  { batOffset, from, to, count, isCleared }: ClearedEntries,
): Promise<void> {
  const room = new Uint8Array(Math.max(0, Math.min(PIECE_ENTRIES, to - from)) * BAT_ENTRY_SIZE_BYTES);
  for (let first = from; first < to; first += PIECE_ENTRIES) {
    await breathe();
    const length = Math.min(PIECE_ENTRIES, to - first) * BAT_ENTRY_SIZE_BYTES;
    const offset = batOffset + first * BAT_ENTRY_SIZE_BYTES;
    const bytes = room.subarray(0, await file.readAt(room.subarray(0, length), offset));
    for (let at = 0; at + BAT_ENTRY_SIZE_BYTES <= bytes.length; at += BAT_ENTRY_SIZE_BYTES) {
      const index = first + at / BAT_ENTRY_SIZE_BYTES;
      if (readU32(bytes, at) === BAT_UNUSED || !isCleared(index)) continue;
      if (count > ONE_BY_ONE_MAX) writeU32(bytes, at, BAT_UNUSED);
      else await writeEntry(file, batOffset, index, BAT_UNUSED);
    }
    if (count > ONE_BY_ONE_MAX) await file.writeAt(bytes, offset);
  }
}

export async function writeEntry(
  file: RandomAccessFile,
  batOffset: number,
  index: number,
  sector: number,
): Promise<void> {
  const bytes = new Uint8Array(BAT_ENTRY_SIZE_BYTES);
  writeU32(bytes, 0, sector);
  await file.writeAt(bytes, batOffset + index * BAT_ENTRY_SIZE_BYTES);
}
