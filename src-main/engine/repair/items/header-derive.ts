/** A dynamic disk header made anew from the footer's size and from a BAT that proves its own place and block size. */
import { DYNAMIC_HEADER_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { batSizeBytes, encodeDynamicHeader, sectorBitmapBytes } from '../../format';
import type { RandomAccessFile } from '../../io';
import { surveyTable } from '../../check/supposed-table';
import { BLOCK_SIZES_TRIED } from './header-guess';

export interface DerivedHeader {
  /** 1024 bytes, sealed. The parent's fields are those that were passed in. */
  readonly bytes: Uint8Array;
  readonly tableOffset: number;
  readonly blockSizeBytes: number;
  readonly maxTableEntries: number;
  readonly allocatedBlocks: number;
  /** The last block ends where the footer begins, which fits this block size and hardly any other. */
  readonly endsAtFooter: boolean;
}

export interface DeriveHints {
  readonly headerOffset: number;
  readonly currentSizeBytes: number;
  /** Where blocks must have ended: the footer, or the end of the file. */
  readonly dataEndOffset: number;
  readonly fileSizeBytes: number;
  /** Offsets to look for a BAT at, before those usually met. */
  readonly tableOffsets?: readonly number[] | undefined;
}

/** The header that fits best, or null where nothing that looks like a BAT is found at the usual places. */
export async function deriveHeader(
  file: RandomAccessFile,
  hints: DeriveHints,
): Promise<DerivedHeader | null> {
  const usual = hints.headerOffset + DYNAMIC_HEADER_SIZE_BYTES;
  const places = [...new Set([...(hints.tableOffsets ?? []), usual, 8192, 2048, 4096])].filter(
    (offset) => offset >= usual && offset % SECTOR_SIZE_BYTES === 0 && offset < hints.dataEndOffset,
  );
  const found: DerivedHeader[] = [];
  for (const tableOffset of places) {
    for (const blockSizeBytes of BLOCK_SIZES_TRIED) {
      const fit = await tryTable(file, hints, tableOffset, blockSizeBytes);
      if (fit) found.push(fit);
    }
  }
  const withBlocks = found.filter((fit) => fit.allocatedBlocks > 0);
  return withBlocks.find((fit) => fit.endsAtFooter) ?? withBlocks[0] ?? found[0] ?? null;
}

async function tryTable(
  file: RandomAccessFile,
  hints: DeriveHints,
  tableOffset: number,
  blockSizeBytes: number,
): Promise<DerivedHeader | null> {
  const maxTableEntries = Math.ceil(hints.currentSizeBytes / blockSizeBytes);
  const tableEnd = tableOffset + batSizeBytes(maxTableEntries);
  if (maxTableEntries === 0 || tableEnd > hints.dataEndOffset) return null;
  const strideSectors = (sectorBitmapBytes(blockSizeBytes) + blockSizeBytes) / SECTOR_SIZE_BYTES;
  const endSector = hints.dataEndOffset / SECTOR_SIZE_BYTES;
  const table = await surveyTable(file, {
    offset: tableOffset,
    entries: maxTableEntries,
    strideSectors,
    firstSector: tableEnd / SECTOR_SIZE_BYTES,
    endSector,
  });
  if (!table) return null;
  return {
    bytes: encodeDynamicHeader({ tableOffset, maxTableEntries, blockSizeBytes }),
    tableOffset,
    blockSizeBytes,
    maxTableEntries,
    allocatedBlocks: table.allocated,
    endsAtFooter: table.lastSector !== null && table.lastSector + strideSectors === endSector,
  };
}
