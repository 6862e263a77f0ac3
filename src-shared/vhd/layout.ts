import {
  BAT_ENTRY_SIZE_BYTES,
  DEFAULT_BLOCK_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
  USUAL_BAT_OFFSET,
  USUAL_HEADER_OFFSET,
} from './constants';
import type { DiskType } from './disk-type';

/** Room that is counted for a child's two parent locators where their paths are not known yet, in bytes. */
export const USUAL_LOCATORS_BYTES = 2048;

export interface LayoutRequest {
  readonly type: DiskType;
  readonly sizeBytes: number;
  /** 2 MiB unless given; a fixed disk has no blocks. */
  readonly blockSizeBytes?: number | undefined;
  /** Room for parent locators between BAT and first block, a multiple of 512; for differencing disks. */
  readonly locatorsBytes?: number | undefined;
}

/** Where everything of a new image lies and how large its file is. Offsets are bytes from the start of the file. */
export interface Layout {
  readonly type: DiskType;
  readonly sizeBytes: number;
  /** Null for a fixed disk, as are the three offsets and the table. */
  readonly blockSizeBytes: number | null;
  readonly maxTableEntries: number;
  /** Bytes of one block's sector bitmap, whole sectors. */
  readonly bitmapBytes: number;
  /** Bytes of one block with its bitmap. */
  readonly blockStrideBytes: number;
  readonly headerOffset: number | null;
  readonly batOffset: number | null;
  /** Bytes of the BAT, padded to whole sectors. */
  readonly batBytes: number;
  /** Where the parent locators' paths begin; null unless differencing. */
  readonly locatorsOffset: number | null;
  readonly locatorsBytes: number;
  /** Where the guest's data (fixed) or the first block begins. */
  readonly dataOffset: number;
  /** Bytes of the file before anything is written to the disk. */
  readonly emptyFileBytes: number;
  /** Bytes of the file when every block is allocated. */
  readonly fullFileBytes: number;
}

/**
 * Lays out a new image: footer copy, dynamic disk header, BAT, parent locators, blocks one behind the other, footer.
 * Says nothing about whether such a disk may be made: that is `sizeIssues`.
 */
export function predictLayout(request: LayoutRequest): Layout {
  const { type, sizeBytes } = request;
  if (type === 'fixed') {
    const fileBytes = sizeBytes + FOOTER_SIZE_BYTES;
    return {
      type,
      sizeBytes,
      blockSizeBytes: null,
      maxTableEntries: 0,
      bitmapBytes: 0,
      blockStrideBytes: 0,
      headerOffset: null,
      batOffset: null,
      batBytes: 0,
      locatorsOffset: null,
      locatorsBytes: 0,
      dataOffset: 0,
      emptyFileBytes: fileBytes,
      fullFileBytes: fileBytes,
    };
  }
  const blockSizeBytes = request.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES;
  const isChild = type === 'differencing';
  const maxTableEntries = Math.ceil(sizeBytes / blockSizeBytes);
  const bitmapBytes = sectorBitmapBytes(blockSizeBytes);
  const batBytes = roundUpToSector(maxTableEntries * BAT_ENTRY_SIZE_BYTES);
  const locatorsBytes = isChild ? (request.locatorsBytes ?? USUAL_LOCATORS_BYTES) : 0;
  const dataOffset = USUAL_BAT_OFFSET + batBytes + locatorsBytes;
  const blockStrideBytes = bitmapBytes + blockSizeBytes;
  return {
    type,
    sizeBytes,
    blockSizeBytes,
    maxTableEntries,
    bitmapBytes,
    blockStrideBytes,
    headerOffset: USUAL_HEADER_OFFSET,
    batOffset: USUAL_BAT_OFFSET,
    batBytes,
    locatorsOffset: isChild ? USUAL_BAT_OFFSET + batBytes : null,
    locatorsBytes,
    dataOffset,
    emptyFileBytes: dataOffset + FOOTER_SIZE_BYTES,
    fullFileBytes: dataOffset + maxTableEntries * blockStrideBytes + FOOTER_SIZE_BYTES,
  };
}

/** Bytes of the file when `allocatedBlocks` of its blocks are allocated; a fixed disk's file never changes. */
export function fileBytesAt(layout: Layout, allocatedBlocks: number): number {
  return layout.emptyFileBytes + Math.min(allocatedBlocks, layout.maxTableEntries) * layout.blockStrideBytes;
}

/** Bytes of the sector bitmap of a block: one bit a sector, padded to whole sectors. */
export function sectorBitmapBytes(blockSizeBytes: number): number {
  return roundUpToSector(Math.ceil(blockSizeBytes / SECTOR_SIZE_BYTES / 8));
}

/** The next multiple of 512. */
export function roundUpToSector(bytes: number): number {
  return Math.ceil(bytes / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES;
}

/** The first byte from `from` on behind whose `leadBytes` lies a multiple of `alignmentBytes`. */
export const alignedFrom = (from: number, leadBytes: number, alignmentBytes: number): number =>
  Math.ceil((from + leadBytes) / alignmentBytes) * alignmentBytes - leadBytes;
