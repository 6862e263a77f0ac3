import type { ChecksumFacts, GeometryFacts, ImageInfo } from '../../../src-shared/model';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { BAT_UNUSED, MIB_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { capacityBytes, type Geometry } from '../../../src-shared/vhd/geometry';
import { sectorBitmapBytes } from '../../../src-shared/vhd/layout';
import { splitCreatorVersion, trimCode } from '../../../src-shared/vhd/names';
import { sizesByReader } from '../../../src-shared/vhd/reader-size';
import { formatTimestamp } from '../../../src-shared/vhd/timestamp';
import type { BatEntries, LocatedFooter, VhdMetadata } from '../../engine';

/** What the footer that decides says; every part null where there is no footer. */
export type FooterFacts = Pick<
  ImageInfo,
  | 'virtualSizeBytes'
  | 'originalSizeBytes'
  | 'geometry'
  | 'features'
  | 'hidden'
  | 'savedState'
  | 'creator'
  | 'uniqueId'
  | 'createdAt'
  | 'sizesByReader'
>;

const NO_FOOTER: FooterFacts = {
  virtualSizeBytes: null,
  originalSizeBytes: null,
  geometry: null,
  features: null,
  hidden: null,
  savedState: null,
  creator: null,
  uniqueId: null,
  createdAt: null,
  sizesByReader: null,
};

export function footerFacts(active: LocatedFooter | null): FooterFacts {
  if (active === null) return NO_FOOTER;
  const { fields } = active;
  const { major, minor } = splitCreatorVersion(fields.creatorVersion);
  const virtualSizeBytes = safeOrNull(fields.currentSizeBytes);
  const { geometry, creatorApplication } = fields;
  return {
    virtualSizeBytes,
    originalSizeBytes: safeOrNull(fields.originalSizeBytes),
    geometry: geometryFacts(geometry),
    features: fields.features,
    // COMPAT(blktap): 1 is its flag; any other value is somebody's text or left-over in reserved bytes (SIMH, rdisk).
    hidden: fields.hidden === 1,
    savedState: fields.savedState !== 0,
    creator: {
      application: trimCode(creatorApplication),
      versionMajor: major,
      versionMinor: minor,
      hostOs: trimCode(fields.creatorHostOs),
    },
    uniqueId: fields.uniqueId,
    createdAt: formatTimestamp(fields.timestampSeconds),
    sizesByReader:
      virtualSizeBytes === null
        ? null
        : sizesByReader({ creatorApplication, currentSizeBytes: virtualSizeBytes, geometry }),
  };
}

/** Block size, places and counts; every part null for a fixed disk. */
export type BlockFacts = Pick<
  ImageInfo,
  'blockSizeBytes' | 'headerOffset' | 'batOffset' | 'maxTableEntries' | 'alignmentBytes' | 'blocks'
>;

export function blockFacts({ header, bat, active }: VhdMetadata): BlockFacts {
  const blockSizeBytes = header?.fields.blockSizeBytes ?? null;
  const currentSizeBytes = safeOrNull(active?.fields.currentSizeBytes ?? null);
  const needed =
    blockSizeBytes === null || blockSizeBytes === 0 || currentSizeBytes === null
      ? null
      : Math.ceil(currentSizeBytes / blockSizeBytes);
  const used = bat?.entries.first(needed ?? bat.entries.length) ?? null;
  return {
    blockSizeBytes,
    headerOffset: header?.offset ?? null,
    batOffset: safeOrNull(header?.fields.tableOffset ?? null),
    maxTableEntries: header?.fields.maxTableEntries ?? null,
    ...(used === null || blockSizeBytes === null
      ? { alignmentBytes: null, blocks: null }
      : countBlocks(used, needed ?? used.length, blockSizeBytes)),
  };
}

function countBlocks(
  table: BatEntries,
  total: number,
  blockSizeBytes: number,
): Pick<BlockFacts, 'alignmentBytes' | 'blocks'> {
  const bitmapSectors = sectorBitmapBytes(blockSizeBytes) / SECTOR_SIZE_BYTES;
  let allocated = 0;
  // The lowest bit set in any sector number of data is the largest power of two that divides them all.
  let dataSectors = 0;
  // by index: an iterator costs many times as much before the code is warm, which for a million entries is felt
  for (const { entries } of table.usedParts()) {
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index] ?? BAT_UNUSED;
      if (entry === BAT_UNUSED) continue;
      allocated += 1;
      dataSectors |= entry + bitmapSectors;
    }
  }
  const alignmentBytes =
    allocated === 0 ? null : Math.min(MIB_BYTES, lowestBit(dataSectors) * SECTOR_SIZE_BYTES);
  return { alignmentBytes, blocks: { total, allocated } };
}

/** The lowest set bit of a 32-bit number; 2^31 for none. */
function lowestBit(bits: number): number {
  return bits === 0 ? 2 ** 31 : (bits & -bits) >>> 0;
}

export function checksumFacts({ footer, footerCopy, header }: VhdMetadata): ImageInfo['checksums'] {
  return {
    footer: footer && checksum(footer.checksum),
    footerCopy: footerCopy && checksum(footerCopy.checksum),
    dynamicHeader: header && checksum(header.checksum),
  };
}

/** Whether the header names a parent: a differencing disk, or a damaged one that still says whose child it is. */
export function namesParent({ type, header }: VhdMetadata): boolean {
  if (header === null) return false;
  return type === 'differencing' || (type === null && header.fields.parentUniqueId !== NULL_UUID);
}

function checksum({ stored, computed, valid }: ChecksumNumbers): ChecksumFacts {
  return { stored: formatChecksum(stored), computed: formatChecksum(computed), valid };
}

interface ChecksumNumbers {
  readonly stored: number;
  readonly computed: number;
  readonly valid: boolean;
}

/** `0x` and eight hex digits. */
function formatChecksum(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

function geometryFacts(geometry: Geometry): GeometryFacts {
  return { ...geometry, capacityBytes: capacityBytes(geometry) };
}

/** A stored u64 as a number, or null where it is all ones or beyond what a number holds exactly. */
function safeOrNull(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) ? value : null;
}
