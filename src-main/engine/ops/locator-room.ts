import {
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { readBatmap } from '../disk/batmap';
import type { VhdMetadata } from '../disk';
import { batSizeBytes, sectorBitmapBytes } from '../format';
import type { RandomAccessFile } from '../io';

/** A stretch of the file, `[start, end)` in bytes. */
export interface Room {
  readonly start: number;
  readonly end: number;
}

/**
 * The stretch that the present locators lie in one behind the other, where new ones may be written; null where they
 * are scattered, and where what they claim is also something else's: a locator that lies must not cost a block.
 */
export async function locatorRoom(file: RandomAccessFile, metadata: VhdMetadata): Promise<Room | null> {
  const room = denseRoom(metadata);
  return room && (await isNobodyElses(file, metadata, room)) ? room : null;
}

function denseRoom({ header }: VhdMetadata): Room | null {
  const places = (header?.fields.parentLocators ?? [])
    .filter((entry) => entry.dataOffset !== null && entry.dataLengthBytes > 0)
    .map((entry) => ({
      start: entry.dataOffset ?? 0,
      end: roundUpToSector((entry.dataOffset ?? 0) + entry.dataLengthBytes),
    }))
    .sort((a, b) => a.start - b.start);
  const [first] = places;
  if (!first || first.start % SECTOR_SIZE_BYTES !== 0) return null;
  // only what the paths themselves take is theirs for certain: the stored room may be wrong (K§3 #49)
  const isDense = places.every((place, index) => index === 0 || place.start === places[index - 1]?.end);
  return isDense ? { start: first.start, end: places.at(-1)?.end ?? first.end } : null;
}

async function isNobodyElses(file: RandomAccessFile, metadata: VhdMetadata, room: Room): Promise<boolean> {
  const { footer, header, bat, fileSizeBytes } = metadata;
  if (!footer || !header || !bat || room.end > footer.offset) return false;
  const batEnd = bat.offset + batSizeBytes(bat.claimedEntries);
  const batmap = await readBatmap(file, batEnd, fileSizeBytes);
  const isClearOf = (start: number, end: number): boolean => end <= room.start || room.end <= start;
  const isClearOfTables =
    isClearOf(0, FOOTER_SIZE_BYTES) &&
    isClearOf(header.offset, header.offset + DYNAMIC_HEADER_SIZE_BYTES) &&
    isClearOf(bat.offset, batmap?.end ?? batEnd);
  const { blockSizeBytes } = header.fields;
  const strideBytes = sectorBitmapBytes(blockSizeBytes) + blockSizeBytes;
  return (
    isClearOfTables &&
    !bat.entries.someUsed((sector) => {
      const start = sector * SECTOR_SIZE_BYTES;
      return !isClearOf(start, start + strideBytes);
    })
  );
}
