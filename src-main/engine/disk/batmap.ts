/**
 * blktap's batmap: a header on the sector after the BAT and a bitmap with one bit a block, set where every sector of
 * the block is present; blktap then ignores the sector bitmap (blktap, vhd.h and libvhd.c).
 *
 *   0 cookie 8 · 8 offset 8 · 16 size in sectors 4 · 20 version 4 · 24 checksum 4 · 28 marker 1
 */
import { readU32, readU64 } from '../../../src-shared/vhd/bytes';
import { BATMAP_COOKIE, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { decodeLatin1 } from '../../../src-shared/vhd/text';
import { clearSectors, isSectorSet, setSectors } from '../format';
import { readUpTo, type RandomAccessFile } from '../io';

/** Byte of the stored checksum in the header. */
export const BATMAP_CHECKSUM_OFFSET = 24;
/** Of the map: enough for the 4 million blocks of 2040 GiB at 512 KiB; more is no batmap of any disk. */
export const BATMAP_BYTES_MAX = 8 * 1024 * 1024;

export interface LocatedBatmap {
  readonly offset: number;
  /** End of header and map in the file. */
  readonly end: number;
  readonly mapOffset: number | null;
  readonly mapSizeBytes: number;
  /** High half major, low half minor. */
  readonly version: number;
  readonly storedChecksum: number;
  readonly computedChecksum: number;
  /** The map's bytes, as many as the file holds; empty where its place or size cannot be used. */
  readonly map: Uint8Array;
}

/** The batmap behind a BAT that ends at `batEnd`, or null where no cookie stands there. */
export async function readBatmap(
  file: RandomAccessFile,
  batEnd: number,
  fileSizeBytes: number,
): Promise<LocatedBatmap | null> {
  const header = await readUpTo(file, batEnd, SECTOR_SIZE_BYTES);
  if (header.length < SECTOR_SIZE_BYTES || decodeLatin1(header.subarray(0, 8)) !== BATMAP_COOKIE) return null;
  const mapOffset = readU64(header, 8);
  const mapSizeBytes = readU32(header, 16) * SECTOR_SIZE_BYTES;
  const version = readU32(header, 20);
  const usable =
    mapOffset !== null && mapOffset + mapSizeBytes <= fileSizeBytes && mapSizeBytes <= BATMAP_BYTES_MAX;
  const map = usable ? await readUpTo(file, mapOffset, mapSizeBytes) : new Uint8Array(0);
  return {
    offset: batEnd,
    end: Math.max(batEnd + SECTOR_SIZE_BYTES, usable ? mapOffset + mapSizeBytes : 0),
    mapOffset,
    mapSizeBytes,
    version,
    storedChecksum: readU32(header, BATMAP_CHECKSUM_OFFSET),
    computedChecksum: batmapChecksum(map, version),
    map,
  };
}

// COMPAT(blktap): version 1.1 added the map's bytes as signed characters, later ones as unsigned.
export function batmapChecksum(map: Uint8Array, version: number): number {
  const isSigned = version === 0x0001_0001;
  let sum = 0;
  for (const byte of map) sum += isSigned && byte > 127 ? byte - 256 : byte;
  return ~sum >>> 0;
}

// Bits lie in a batmap as they do in a sector bitmap, most significant first.
export const isBatmapBitSet = (map: Uint8Array, block: number): boolean => isSectorSet(map, block);
export const setBatmapBit = (map: Uint8Array, block: number): void => setSectors(map, block, block + 1);
export const clearBatmapBit = (map: Uint8Array, block: number): void => clearSectors(map, block, block + 1);
