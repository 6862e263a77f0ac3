/**
 * Block Allocation Table (VHD 1.0, "Block Allocation Table and Data Blocks"): `max table entries` big-endian u32, each
 * the absolute sector of a block's sector bitmap, or 0xFFFFFFFF where the block is not allocated; padded to a sector.
 */
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import type { RandomAccessFile } from '../io';
import { decodeBat } from './bat-bytes';
import { BatEntries } from './bat-entries';

/**
 * Most entries held in memory: up to 160 MiB. Enough for 2040 GiB at 64 KiB a block; a disk that needs more is refused
 * when it is opened, rather than allowed to exhaust the memory.
 */
export const BAT_ENTRIES_MAX = 40 * 1024 * 1024;

/** A BAT in memory, bounded by what the file really holds. */
export interface BlockAllocationTable {
  /** Byte offset in the file. */
  readonly offset: number;
  /** What the header claims. */
  readonly claimedEntries: number;
  /** Entries that lie in the file; fewer than claimed where the file ends early. */
  readonly entriesInFile: number;
  /** Sector of each block's bitmap; fewer than are in the file only where a million more are claimed than needed. */
  readonly entries: BatEntries;
}

/** Where a BAT is and how long, with none of its entries. */
export type BatPlace = Omit<BlockAllocationTable, 'entries'> & {
  /** Entries that are read where they are asked for. */
  readonly readEntries: number;
};

/** A table of so many entries is read at once: 4 MiB. */
const WHOLE_ENTRIES_MAX = 1024 * 1024;
/** Entries of a larger one read or written at once: 1 MiB, whole pages of a table in memory. */
const PIECE_ENTRIES = 256 * 1024;

/** Entries read beyond those the disk needs, so that surplus ones can be looked at: 4 MiB. */
const SURPLUS_ENTRIES_MAX = 1024 * 1024;

/** What `readBat` reads, without reading it. */
export function placeOfBat(
  offset: number,
  claimedEntries: number,
  fileSizeBytes: number,
  neededEntries: number,
): BatPlace {
  const inFile = Math.max(0, Math.floor((fileSizeBytes - offset) / BAT_ENTRY_SIZE_BYTES));
  const bound = Math.min(neededEntries + SURPLUS_ENTRIES_MAX, BAT_ENTRIES_MAX);
  return {
    offset,
    claimedEntries,
    entriesInFile: Math.min(claimedEntries, inFile),
    readEntries: Math.min(claimedEntries, inFile, bound),
  };
}

/**
 * Reads `claimedEntries` entries at `offset`: as many as the file holds, and no more than a disk of `neededEntries`
 * and a bounded surplus have, so that a header that lies cannot make us allocate.
 */
export async function readBat(
  file: RandomAccessFile,
  offset: number,
  claimedEntries: number,
  fileSizeBytes: number,
  neededEntries: number,
): Promise<BlockAllocationTable> {
  const { readEntries, ...place } = placeOfBat(offset, claimedEntries, fileSizeBytes, neededEntries);
  return { ...place, entries: await readEntriesAt(file, offset, readEntries) };
}

/**
 * Piece by piece where there are many, so that they are never all there as numbers of 32 bits; what the memory has no
 * room for is read again when it is asked for, where the file can be.
 */
async function readEntriesAt(file: RandomAccessFile, offset: number, count: number): Promise<BatEntries> {
  if (count <= WHOLE_ENTRIES_MAX)
    return BatEntries.of(await decodeAt(file, offset, Buffer.alloc(count * BAT_ENTRY_SIZE_BYTES)));
  const bytes = Buffer.alloc(PIECE_ENTRIES * BAT_ENTRY_SIZE_BYTES);
  const { path, readSync } = file;
  const entries = BatEntries.unused(count, readSync && { path, offset, readSync });
  for (let first = 0; first < count; first += PIECE_ENTRIES) {
    const wanted = bytes.subarray(0, (count - first) * BAT_ENTRY_SIZE_BYTES);
    const piece = await decodeAt(file, offset + first * BAT_ENTRY_SIZE_BYTES, wanted);
    entries.fill(first, piece);
    if (piece.byteLength < wanted.length) return entries.first(first + piece.length);
  }
  return entries;
}

async function decodeAt(file: RandomAccessFile, offset: number, bytes: Buffer): Promise<Uint32Array> {
  const got = await file.readAt(bytes, offset);
  return decodeBat(bytes.subarray(0, got - (got % BAT_ENTRY_SIZE_BYTES)));
}

/** Bytes a BAT of `entries` takes in the file, its padding to a sector included. */
export function batSizeBytes(entries: number): number {
  return Math.ceil((entries * BAT_ENTRY_SIZE_BYTES) / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES;
}

/** Writes a BAT with nothing allocated, padding included: all ones, as Windows and QEMU pad. */
export async function writeEmptyBat(file: RandomAccessFile, offset: number, entries: number): Promise<void> {
  const sizeBytes = batSizeBytes(entries);
  const ones = new Uint8Array(Math.min(sizeBytes, PIECE_ENTRIES * BAT_ENTRY_SIZE_BYTES)).fill(0xff);
  for (let at = 0; at < sizeBytes; at += ones.length)
    await file.writeAt(ones.subarray(0, sizeBytes - at), offset + at);
}

export const isAllocated = (entry: number | undefined): entry is number =>
  entry !== undefined && entry !== BAT_UNUSED;
