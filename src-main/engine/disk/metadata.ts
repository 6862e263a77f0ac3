import { DYNAMIC_HEADER_SIZE_BYTES, USUAL_HEADER_OFFSET } from '../../../src-shared/vhd/constants';
import type { DiskType } from '../../../src-shared/vhd/disk-type';
import {
  parseDynamicHeader,
  placeOfBat,
  readBat,
  type BatPlace,
  type BlockAllocationTable,
  type ParsedDynamicHeader,
} from '../format';
import { readUpTo, type RandomAccessFile } from '../io';
import { locateFooters, type LocatedFooter } from './locate-footers';
import { isStrayFooter } from './stray-footer';

export interface LocatedHeader extends ParsedDynamicHeader {
  /** Byte offset in the file. */
  readonly offset: number;
  /** `dataOffset`: where the deciding footer says; `usual`: found at 512 though no footer says so. */
  readonly foundBy: 'dataOffset' | 'usual';
}

/**
 * Everything the metadata of an image says, located and decoded without judgement: no bytes make this throw.
 * What could not be found is null. Judging is the business of `check`.
 */
export interface VhdMetadata {
  readonly fileSizeBytes: number;
  /** The one at the end of the file, or displaced from it. */
  readonly footer: LocatedFooter | null;
  /** The one at offset 0; null for fixed disks, whose first sector is guest content. */
  readonly footerCopy: LocatedFooter | null;
  /** The one whose fields are taken: the footer, or its copy where the footer is gone or fails its checksum and the copy does not. */
  readonly active: LocatedFooter | null;
  /** From the active footer; null where its code is unknown or there is none. */
  readonly type: DiskType | null;
  readonly header: LocatedHeader | null;
  /** Null for fixed disks, and where table offset or entry count cannot be used. */
  readonly bat: BlockAllocationTable | null;
}

/**
 * Reads footer, copy, dynamic disk header and, unless `withBat` is false, the BAT (else null).
 * @throws AppError of kind `system`.
 */
export async function readMetadata(file: RandomAccessFile, withBat = true): Promise<VhdMetadata> {
  const fileSizeBytes = await file.size();
  const { footer, footerCopy, active } = await locateFooters(file, fileSizeBytes);
  const type = active?.type ?? null;
  const header = type === 'fixed' ? null : await locateHeader(file, active, fileSizeBytes);
  const bat = header && withBat ? await loadBat(file, header, active, fileSizeBytes) : null;
  if (
    header &&
    bat &&
    footerCopy &&
    isStrayFooter({ footer, footerCopy }, bat, header.fields.blockSizeBytes)
  ) {
    // Another footer decides, so another number of entries is needed.
    const needed = await loadBat(file, header, footerCopy, fileSizeBytes);
    return {
      fileSizeBytes,
      footer: null,
      footerCopy,
      active: footerCopy,
      type: footerCopy.type,
      header,
      bat: needed,
    };
  }
  return { fileSizeBytes, footer, footerCopy, active, type, header, bat };
}

/** Where an image's metadata lies and what it says, but for the entries of its BAT, of which there can be millions. */
export type LocatedMetadata = Omit<VhdMetadata, 'bat'> & { readonly bat: BatPlace | null };

/** The same as `readMetadata`, without holding the BAT. @throws AppError of kind `system`. */
export async function locateMetadata(file: RandomAccessFile): Promise<LocatedMetadata> {
  const located = await readMetadata(file, false);
  const { footer, footerCopy, header, active, fileSizeBytes } = located;
  if (footer?.position === 'displaced' && footerCopy?.checksum.valid) {
    // whether it is the image's own is told by the blocks
    const { bat, ...rest } = await readMetadata(file);
    return { ...rest, bat: bat && { ...bat, readEntries: bat.entries.length } };
  }
  const place = header && placeIn(header, active);
  return { ...located, bat: place && placeOfBat(place.offset, place.claimed, fileSizeBytes, place.needed) };
}

async function locateHeader(
  file: RandomAccessFile,
  active: LocatedFooter | null,
  fileSizeBytes: number,
): Promise<LocatedHeader | null> {
  const named = active?.fields.dataOffset ?? null;
  const usable =
    named !== null && Number.isSafeInteger(named) && named + DYNAMIC_HEADER_SIZE_BYTES <= fileSizeBytes;
  const atNamed = usable ? await headerAt(file, named, 'dataOffset') : null;
  if (atNamed?.cookieValid) return atNamed;
  const atUsual = named === USUAL_HEADER_OFFSET ? null : await headerAt(file, USUAL_HEADER_OFFSET, 'usual');
  return atUsual?.cookieValid ? atUsual : atNamed;
}

async function headerAt(
  file: RandomAccessFile,
  offset: number,
  foundBy: LocatedHeader['foundBy'],
): Promise<LocatedHeader | null> {
  const bytes = await readUpTo(file, offset, DYNAMIC_HEADER_SIZE_BYTES);
  if (bytes.length < DYNAMIC_HEADER_SIZE_BYTES) return null;
  return { ...parseDynamicHeader(bytes), offset, foundBy };
}

async function loadBat(
  file: RandomAccessFile,
  header: LocatedHeader,
  active: LocatedFooter | null,
  fileSizeBytes: number,
): Promise<BlockAllocationTable | null> {
  const place = placeIn(header, active);
  return place && readBat(file, place.offset, place.claimed, fileSizeBytes, place.needed);
}

/** Where a header puts its BAT, and how many entries it claims and the disk needs; null where that cannot be used. */
function placeIn(
  { fields }: LocatedHeader,
  active: LocatedFooter | null,
): { readonly offset: number; readonly claimed: number; readonly needed: number } | null {
  const { tableOffset, maxTableEntries, blockSizeBytes } = fields;
  if (tableOffset === null || !Number.isSafeInteger(tableOffset)) return null;
  const sizeBytes = active?.fields.currentSizeBytes ?? 0;
  const needed = blockSizeBytes > 0 ? Math.ceil(sizeBytes / blockSizeBytes) : 0;
  return { offset: tableOffset, claimed: maxTableEntries, needed };
}
