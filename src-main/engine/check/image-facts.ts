import { isBlockSizeLegal } from '../../../src-shared/vhd/block-size';
import {
  DYNAMIC_HEADER_COOKIE,
  DYNAMIC_HEADER_SIZE_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { resolveDataSpace } from '../../../src-shared/vhd/locator';
import { decodeLatin1 } from '../../../src-shared/vhd/text';
import type { VhdMetadata } from '../disk/metadata';
import type { LocatedFooter } from '../disk/locate-footers';
import { batSizeBytes, parseFooter, sectorBitmapBytes, UNUSED_PLATFORM_CODE } from '../format';
import { readBatmap, type LocatedBatmap } from '../disk/batmap';
import { readUpTo, type RandomAccessFile } from '../io';
import type { ByteArea } from './byte-area';

/** What follows from the metadata by arithmetic alone; null wherever a field cannot be used. */
export interface ImageFacts {
  /** Footer and copy, as far as they are there. */
  readonly footers: readonly LocatedFooter[];
  /** The virtual size that the deciding footer names. */
  readonly currentSizeBytes: number | null;
  /** A power of two from 512. */
  readonly blockSizeBytes: number | null;
  readonly bitmapBytes: number;
  /** Bitmap and data of one block. */
  readonly blockStrideBytes: number;
  /** Entries that the virtual size needs. */
  readonly neededEntries: number | null;
  /** The BAT with its padding, as the header claims it; null where its place is no number. */
  readonly bat: ByteArea | null;
  readonly batmap: LocatedBatmap | null;
  /** Everything that is no block: footer copy, header, BAT, batmap, locators, sorted by offset and reaching at most to it. */
  readonly metadataAreas: readonly ByteArea[];
  /** Where blocks must have ended: the footer, or the file's end where it is missing. */
  readonly dataEndOffset: number;
  /** The first and the last 512 bytes of the file, fewer in a smaller file. */
  readonly firstSector: Uint8Array;
  readonly lastSector: Uint8Array;
  /** Whether the content of a fixed disk begins like a dynamic image: with a footer that leads to a dynamic disk header. */
  readonly contentIsImage: boolean;
}

export async function gatherFacts(file: RandomAccessFile, metadata: VhdMetadata): Promise<ImageFacts> {
  const { footer, footerCopy, active, header, fileSizeBytes } = metadata;
  const currentSizeBytes = safe(active?.fields.currentSizeBytes);
  const blockSize = header?.fields.blockSizeBytes ?? 0;
  const blockSizeBytes = isBlockSizeLegal(blockSize) ? blockSize : null;
  const bitmapBytes = blockSizeBytes === null ? 0 : sectorBitmapBytes(blockSizeBytes);
  const tableOffset = safe(header?.fields.tableOffset);
  const bat: ByteArea | null =
    header && tableOffset !== null
      ? {
          structure: 'bat',
          offset: tableOffset,
          end: tableOffset + batSizeBytes(header.fields.maxTableEntries),
        }
      : null;
  const dataEndOffset = footer?.offset ?? fileSizeBytes;
  const neededEntries =
    currentSizeBytes === null || blockSizeBytes === null
      ? null
      : Math.ceil(currentSizeBytes / blockSizeBytes);
  const batmap = bat === null ? null : await readBatmap(file, bat.end, fileSizeBytes);
  const areas: ByteArea[] = [];
  if (header) {
    areas.push({ structure: 'footerCopy', offset: 0, end: FOOTER_SIZE_BYTES });
    areas.push({
      structure: 'dynamicHeader',
      offset: header.offset,
      end: header.offset + DYNAMIC_HEADER_SIZE_BYTES,
    });
  }
  if (bat && header) {
    // surplus entries are not counted: a damaged count must not make metadata of every block
    const entries = Math.min(header.fields.maxTableEntries, neededEntries ?? Infinity);
    areas.push({ ...bat, end: Math.min(bat.offset + batSizeBytes(entries), dataEndOffset) });
  }
  if (batmap) areas.push({ structure: 'batmap', offset: batmap.offset, end: batmap.end });
  // a locator that claims more than there is says nothing about the blocks it reaches over
  areas.push(...locatorAreas(metadata).filter(({ end }) => end <= dataEndOffset));
  const firstSector = await readUpTo(file, 0, SECTOR_SIZE_BYTES);
  return {
    footers: [footer, footerCopy].filter((one): one is LocatedFooter => one !== null),
    currentSizeBytes,
    blockSizeBytes,
    bitmapBytes,
    blockStrideBytes: blockSizeBytes === null ? 0 : bitmapBytes + blockSizeBytes,
    neededEntries,
    bat,
    batmap,
    metadataAreas: areas
      .filter((area) => area.offset < fileSizeBytes && area.end > area.offset)
      .sort((a, b) => a.offset - b.offset),
    dataEndOffset,
    firstSector,
    lastSector: await readUpTo(file, Math.max(0, fileSizeBytes - SECTOR_SIZE_BYTES), SECTOR_SIZE_BYTES),
    contentIsImage: metadata.type === 'fixed' && (await leadsToHeader(file, firstSector)),
  };
}

async function leadsToHeader(file: RandomAccessFile, firstSector: Uint8Array): Promise<boolean> {
  if (firstSector.length < SECTOR_SIZE_BYTES) return false;
  const { cookieValid, fields } = parseFooter(firstSector);
  const offset = safe(fields.dataOffset);
  if (!cookieValid || offset === null) return false;
  return decodeLatin1(await readUpTo(file, offset, 8)) === DYNAMIC_HEADER_COOKIE;
}

function locatorAreas({ header, type }: VhdMetadata): ByteArea[] {
  if (!header || type === 'fixed') return [];
  return header.fields.parentLocators.flatMap((entry, index): ByteArea[] => {
    const offset = safe(entry.dataOffset);
    if (entry.platformCode === UNUSED_PLATFORM_CODE || offset === null || offset === 0) return [];
    const space = resolveDataSpace(entry.dataSpace).spaceBytes ?? 0;
    const used = roundUpToSector(entry.dataLengthBytes);
    return [{ structure: 'parentLocator', offset, end: offset + Math.max(space, used), index }];
  });
}

/** The number where it can be calculated with. */
export function safe(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isSafeInteger(value) ? value : null;
}
