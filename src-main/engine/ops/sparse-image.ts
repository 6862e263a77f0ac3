/**
 * A dynamic or differencing image as parts that can be moved: what resize and compact rewrite. The whole stays one
 * change in an undo journal, so that no order of writes in here has to survive a crash by itself.
 */
import { AppError, invariant } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import { readU32, readU64, writeU32, writeU64 } from '../../../src-shared/vhd/bytes';
import {
  BAT_ENTRY_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { resolveDataSpace } from '../../../src-shared/vhd/locator';
import { parseUuid } from '../../../src-shared/vhd/uuid';
import { BATMAP_CHECKSUM_OFFSET, batmapChecksum, clearBatmapBit, readBatmap } from '../disk/batmap';
import { BlockTable, currentSizeOf, locateMetadata, type VhdMetadata } from '../disk';
import { requireSoundMetadata } from '../disk/writable-image';
import {
  batSizeBytes,
  encodeBat,
  encodeLocatorEntry,
  locatorOffset,
  sealDynamicHeader,
  sealFooter,
  sectorBitmapBytes,
  UNUSED_PLATFORM_CODE,
  writeCurrentSize,
  type BatEntries,
  type LocatorEntry,
} from '../format';
import { readExact, type RandomAccessFile } from '../io';

/** A large BAT is written in pieces of this size: few enough that a journal's flush for each costs nothing. */
const BAT_PIECE_BYTES = 4 * 1024 * 1024;

/** A parent locator's stretch of the file. */
export interface LocatorPlace {
  readonly index: number;
  readonly entry: LocatorEntry;
  readonly offset: number;
  readonly spaceBytes: number;
}

/** Blktap's batmap: its header's 512 bytes and one bit a block. */
export interface Batmap {
  readonly header: Uint8Array;
  readonly map: Uint8Array;
}

export interface SparseImage {
  readonly metadata: VhdMetadata;
  readonly sizeBytes: number;
  readonly blockSizeBytes: number;
  readonly bitmapBytes: number;
  /** Bitmap and data of one block. */
  readonly strideBytes: number;
  readonly headerOffset: number;
  readonly batOffset: number;
  /** All entries of the BAT, those beyond the disk included. */
  readonly entries: BatEntries;
  readonly locators: readonly LocatorPlace[];
  readonly batmap: Batmap | null;
  /** Behind the BAT, and behind the batmap where there is one. */
  readonly tablesEnd: number;
  /** Where the footer at the end begins. */
  readonly footerOffset: number;
}

/** @throws AppError `too-damaged` where anything in the metadata is in doubt. */
export async function readSparseImage(file: RandomAccessFile, metadata: VhdMetadata): Promise<SparseImage> {
  const footer = requireSoundMetadata(metadata, file.path);
  const { header, bat } = metadata;
  invariant(header && bat, 'sound metadata of a sparse image has a header and a BAT');
  const sizeBytes = currentSizeOf(metadata, file.path);
  const table = new BlockTable(metadata, sizeBytes, file.path);
  if (!table.isSound || bat.entries.length < bat.claimedEntries) {
    throw new AppError('too-damaged', `"${file.path}" has a damaged BAT, so nothing is written to it.`, {
      context: { path: file.path, offset: bat.offset },
      hint: 'Check it, repair it, and try again.',
      unchanged: 'Nothing was written.',
    });
  }
  // its own file is about to be changed under it
  bat.entries.keepInMemory();
  const { blockSizeBytes, parentLocators } = header.fields;
  const bitmapBytes = sectorBitmapBytes(blockSizeBytes);
  const batEnd = bat.offset + batSizeBytes(bat.claimedEntries);
  const found = await readBatmap(file, batEnd, metadata.fileSizeBytes);
  // One that is wrong already is left out of the new image: blktap then goes by the sector bitmaps.
  const batmap = found?.storedChecksum === found?.computedChecksum ? found : null;
  return {
    metadata,
    sizeBytes,
    blockSizeBytes,
    bitmapBytes,
    strideBytes: bitmapBytes + blockSizeBytes,
    headerOffset: header.offset,
    batOffset: bat.offset,
    entries: bat.entries,
    locators: parentLocators.flatMap((entry, index) => placeOfLocator(entry, index, metadata.fileSizeBytes)),
    batmap: batmap && { header: await readExact(file, batEnd, SECTOR_SIZE_BYTES), map: batmap.map },
    tablesEnd: batmap?.end ?? batEnd,
    footerOffset: footer.offset,
  };
}

function placeOfLocator(entry: LocatorEntry, index: number, fileSizeBytes: number): LocatorPlace[] {
  const { platformCode, dataOffset, dataSpace, dataLengthBytes } = entry;
  if (platformCode === UNUSED_PLATFORM_CODE || dataOffset === null || dataLengthBytes === 0) return [];
  const stored = Math.max(resolveDataSpace(dataSpace).spaceBytes ?? 0, dataLengthBytes);
  const spaceBytes = roundUpToSector(stored);
  if (!Number.isSafeInteger(dataOffset) || dataOffset + dataLengthBytes > fileSizeBytes) return [];
  return [{ index, entry, offset: dataOffset, spaceBytes }];
}

/** Bytes that a batmap for so many blocks takes behind the BAT: its header and its map. */
export function batmapSpaceBytes(batmap: Batmap | null, blocks: number): number {
  return batmap ? SECTOR_SIZE_BYTES + Math.max(batmap.map.length, roundUpToSector(Math.ceil(blocks / 8))) : 0;
}

export const placeOf = (entries: BatEntries, block: number): number =>
  (entries.at(block) ?? 0) * SECTOR_SIZE_BYTES;

/** The guest bytes of a block. */
export const guestRangeOf = ({ blockSizeBytes }: SparseImage, block: number): GuestRange => ({
  offset: block * blockSizeBytes,
  length: blockSizeBytes,
});

/** The entries of a BAT as it is to become, without an array of their own where most stay as they are. */
export interface NewEntries {
  readonly count: number;
  /** The first of them; those behind are not in use. */
  readonly kept: BatEntries;
  /** Sectors of blocks that get another one, by block. */
  readonly moved: ReadonlyMap<number, number>;
}

/** What the image is to become: everything but blocks and locator data, which are in their new places already. */
export interface NewTables {
  readonly sizeBytes: number;
  readonly entries: NewEntries;
  readonly locators: readonly LocatorPlace[];
  readonly batmap: Batmap | null;
  /** Behind the last block or locator: where the footer goes. */
  readonly endOffset: number;
  readonly headerOffset: number;
  readonly batOffset: number;
}

/** Writes BAT, batmap, dynamic disk header, footer copy and footer, and ends the file there. */
export async function writeTables(
  file: RandomAccessFile,
  image: SparseImage,
  tables: NewTables,
): Promise<void> {
  const batBytes = await writeBat(file, tables.entries, tables.batOffset);
  if (tables.batmap)
    await writeBatmap(file, tables.batmap, tables.batOffset + batBytes, tables.entries.count);
  await file.writeAt(newHeader(image, tables), tables.headerOffset);
  const footer = resizedFooter(
    image.metadata.footer?.bytes ?? new Uint8Array(),
    image.sizeBytes,
    tables.sizeBytes,
  );
  if (tables.headerOffset !== image.headerOffset) {
    writeU64(footer, 16, tables.headerOffset);
    sealFooter(footer);
  }
  await file.writeAt(footer, 0);
  await file.writeAt(footer, tables.endOffset);
  await file.setSize(tables.endOffset + FOOTER_SIZE_BYTES);
}

/** Writes a BAT piece by piece. @returns the bytes it takes. */
async function writeBat(file: RandomAccessFile, entries: NewEntries, offset: number): Promise<number> {
  for (const { at, bytes } of batPieces(entries)) await file.writeAt(bytes, offset + at);
  return batSizeBytes(entries.count);
}

/** Whether a BAT stands in the file, byte for byte. */
export async function isBatAt(file: RandomAccessFile, entries: NewEntries, offset: number): Promise<boolean> {
  const found = Buffer.alloc(BAT_PIECE_BYTES);
  for (const { at, bytes } of batPieces(entries)) {
    const there = found.subarray(0, bytes.length);
    if ((await file.readAt(there, offset + at)) < bytes.length || !bytes.equals(there)) return false;
  }
  return true;
}

/** A BAT as it is stored, `at` bytes from its start, padded with ones; a piece is good until the next is asked for. */
function* batPieces({ count, kept, moved }: NewEntries): Generator<{ at: number; bytes: Buffer }> {
  const sizeBytes = batSizeBytes(count);
  const buffer = Buffer.alloc(Math.min(BAT_PIECE_BYTES, sizeBytes));
  for (let at = 0; at < sizeBytes; at += BAT_PIECE_BYTES) {
    const bytes = buffer.subarray(0, Math.min(BAT_PIECE_BYTES, sizeBytes - at)).fill(0xff);
    const first = at / BAT_ENTRY_SIZE_BYTES;
    const end = Math.min(count, first + bytes.length / BAT_ENTRY_SIZE_BYTES);
    for (const part of kept.usedParts(first, end))
      encodeBat(part.entries, bytes.subarray((part.first - first) * BAT_ENTRY_SIZE_BYTES));
    for (const [block, sector] of moved)
      if (block >= first && block < end) bytes.writeUInt32BE(sector, (block - first) * BAT_ENTRY_SIZE_BYTES);
    yield { at, bytes };
  }
}

/**
 * A footer for another size: current size and geometry change. The original size stays, as VirtualBox and vhd-util
 * leave it, unless it would be larger than the disk: vhd-lib refuses that (K§3 #26).
 */
export function resizedFooter(bytes: Uint8Array, oldSizeBytes: number, sizeBytes: number): Uint8Array {
  const footer = Uint8Array.from(bytes);
  if (sizeBytes === oldSizeBytes) return footer;
  if ((readU64(footer, 40) ?? Infinity) > sizeBytes) writeU64(footer, 40, sizeBytes);
  writeCurrentSize(footer, sizeBytes);
  return sealFooter(footer);
}

function newHeader(image: SparseImage, tables: NewTables): Uint8Array {
  invariant(image.metadata.header, 'a sparse image has a header');
  const bytes = Uint8Array.from(image.metadata.header.bytes);
  writeU64(bytes, 16, tables.batOffset);
  writeU32(bytes, 28, tables.entries.count);
  for (const { index, entry, offset } of tables.locators)
    bytes.set(encodeLocatorEntry({ ...entry, dataOffset: offset }), locatorOffset(index));
  return sealDynamicHeader(bytes);
}

async function writeBatmap(
  file: RandomAccessFile,
  batmap: Batmap,
  offset: number,
  blocks: number,
): Promise<void> {
  const map = new Uint8Array(Math.max(batmap.map.length, roundUpToSector(Math.ceil(blocks / 8))));
  map.set(batmap.map);
  // bits of blocks that are not there any more
  for (let block = blocks; block < map.length * 8; block += 1) clearBatmapBit(map, block);
  const header = Uint8Array.from(batmap.header);
  writeU64(header, 8, offset + SECTOR_SIZE_BYTES);
  writeU32(header, 16, map.length / SECTOR_SIZE_BYTES);
  writeU32(header, BATMAP_CHECKSUM_OFFSET, batmapChecksum(map, readU32(header, 20)));
  await file.writeAt(header, offset);
  await file.writeAt(map, offset + SECTOR_SIZE_BYTES);
}

/** Gives an image of sound metadata another unique id, in both footers. */
export async function withUniqueId(file: RandomAccessFile, uniqueId: string): Promise<void> {
  const { footer, footerCopy } = await locateMetadata(file);
  for (const one of [footerCopy, footer]) {
    if (!one) continue;
    const bytes = Uint8Array.from(one.bytes);
    bytes.set(parseUuid(uniqueId) ?? new Uint8Array(16), 68);
    await file.writeAt(sealFooter(bytes).subarray(0, one.lengthBytes), one.offset);
  }
}
