/** A dynamic disk header made anew from the footer's size and from a BAT that proves its own place and block size. */
import {
  BAT_UNUSED,
  DYNAMIC_HEADER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../../src-shared/vhd/constants';
import { batSizeBytes, encodeDynamicHeader, readBat, sectorBitmapBytes } from '../../format';
import type { RandomAccessFile } from '../../io';
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
  const { entries } = await readBat(file, tableOffset, maxTableEntries, hints.fileSizeBytes, maxTableEntries);
  const strideSectors = (sectorBitmapBytes(blockSizeBytes) + blockSizeBytes) / SECTOR_SIZE_BYTES;
  const sectors = entries
    .slice()
    .filter((sector) => sector !== BAT_UNUSED)
    .sort();
  const firstSector = tableEnd / SECTOR_SIZE_BYTES;
  const endSector = hints.dataEndOffset / SECTOR_SIZE_BYTES;
  for (let at = 0; at < sectors.length; at += 1) {
    const sector = sectors[at] ?? 0;
    if (sector < firstSector || sector + strideSectors > endSector) return null;
    if (at > 0 && sector - (sectors[at - 1] ?? 0) < strideSectors) return null;
  }
  const last = sectors[sectors.length - 1];
  return {
    bytes: encodeDynamicHeader({ tableOffset, maxTableEntries, blockSizeBytes }),
    tableOffset,
    blockSizeBytes,
    maxTableEntries,
    allocatedBlocks: sectors.length,
    endsAtFooter: last !== undefined && last + strideSectors === endSector,
  };
}
