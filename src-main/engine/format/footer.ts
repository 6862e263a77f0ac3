/**
 * Hard Disk Footer (VHD 1.0, "Hard Disk Footer Format"): the last 512 bytes of every image, with a copy at offset 0
 * of dynamic and differencing ones. Virtual PC before 2004 wrote 511 bytes: the last reserved byte is absent.
 *
 *   0 cookie 8 · 8 features 4 · 12 file format version 4 · 16 data offset 8 · 24 timestamp 4 · 28 creator
 *   application 4 · 32 creator version 4 · 36 creator host OS 4 · 40 original size 8 · 48 current size 8 ·
 *   56 geometry 4 · 60 disk type 4 · 64 checksum 4 · 68 unique id 16 · 84 saved state 1 · 85 reserved 427
 *   (its first byte is Xen's hidden flag)
 */
import {
  FOOTER_CHECKSUM_OFFSET,
  FOOTER_COOKIE,
  FOOTER_HIDDEN_OFFSET,
  FOOTER_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { DISK_TYPE_CODES, diskTypeFromCode, type DiskType } from '../../../src-shared/vhd/disk-type';
import { geometryForSize, type Geometry } from '../../../src-shared/vhd/geometry';
import {
  readU16,
  readU32,
  readU64,
  readU8,
  writeU16,
  writeU32,
  writeU64,
  writeU8,
} from '../../../src-shared/vhd/bytes';
import { onesComplementChecksum } from '../../../src-shared/vhd/checksum';
import { decodeLatin1, encodeLatin1 } from '../../../src-shared/vhd/text';
import { formatUuid, parseUuid } from '../../../src-shared/vhd/uuid';
import { withChecksum, type StoredChecksum } from './stored-checksum';

/** Fields as they lie on disk. A u64 beyond 2^53 is rounded: ask Number.isSafeInteger; all ones is null. */
export interface FooterFields {
  /** Eight ISO 8859-1 characters. */
  readonly cookie: string;
  readonly features: number;
  readonly fileFormatVersion: number;
  /** Byte offset of the dynamic disk header; null (all ones) for fixed disks. */
  readonly dataOffset: number | null;
  /** Seconds since 2000-01-01 00:00:00 UTC. */
  readonly timestampSeconds: number;
  /** Four ISO 8859-1 characters with their padding. */
  readonly creatorApplication: string;
  /** High half major, low half minor. */
  readonly creatorVersion: number;
  /** Four ISO 8859-1 characters with their padding. */
  readonly creatorHostOs: string;
  readonly originalSizeBytes: number | null;
  readonly currentSizeBytes: number | null;
  readonly geometry: Geometry;
  readonly diskTypeCode: number;
  /** Lower-case 8-4-4-4-12. */
  readonly uniqueId: string;
  readonly savedState: number;
  /** COMPAT(blktap): byte 85, the first reserved byte, is a private flag. */
  readonly hidden: number;
}

/** A footer's 512 bytes, decoded without judgement. */
export interface ParsedFooter {
  readonly bytes: Uint8Array;
  readonly fields: FooterFields;
  readonly checksum: StoredChecksum;
  readonly cookieValid: boolean;
  /** Null where the code is none of fixed, dynamic, differencing. */
  readonly type: DiskType | null;
}

/** Decodes 512 bytes; a 511-byte footer is given with its missing zero appended. Never throws on content. */
export function parseFooter(bytes: Uint8Array): ParsedFooter {
  const fields: FooterFields = {
    cookie: decodeLatin1(bytes.subarray(0, 8)),
    features: readU32(bytes, 8),
    fileFormatVersion: readU32(bytes, 12),
    dataOffset: readU64(bytes, 16),
    timestampSeconds: readU32(bytes, 24),
    creatorApplication: decodeLatin1(bytes.subarray(28, 32)),
    creatorVersion: readU32(bytes, 32),
    creatorHostOs: decodeLatin1(bytes.subarray(36, 40)),
    originalSizeBytes: readU64(bytes, 40),
    currentSizeBytes: readU64(bytes, 48),
    geometry: { cylinders: readU16(bytes, 56), heads: readU8(bytes, 58), sectorsPerTrack: readU8(bytes, 59) },
    diskTypeCode: readU32(bytes, 60),
    uniqueId: formatUuid(bytes.subarray(68, 84)),
    savedState: readU8(bytes, 84),
    hidden: readU8(bytes, FOOTER_HIDDEN_OFFSET),
  };
  const stored = readU32(bytes, FOOTER_CHECKSUM_OFFSET);
  const computed = onesComplementChecksum(bytes, FOOTER_CHECKSUM_OFFSET);
  return {
    bytes,
    fields,
    checksum: { stored, computed, valid: stored === computed },
    cookieValid: fields.cookie === FOOTER_COOKIE,
    type: diskTypeFromCode(fields.diskTypeCode),
  };
}

/** What a new footer is made from; the cookie is set and reserved bytes are zero unless `hidden` is given. */
export type NewFooter = Omit<FooterFields, 'cookie' | 'diskTypeCode' | 'hidden' | 'savedState'> & {
  readonly type: DiskType;
  readonly savedState?: number;
  readonly hidden?: number;
};

/** 512 bytes with the right checksum. @throws RangeError where a value does not fit its field: a bug of the caller. */
export function encodeFooter(footer: NewFooter): Uint8Array {
  const bytes = new Uint8Array(FOOTER_SIZE_BYTES);
  bytes.set(encodeLatin1(FOOTER_COOKIE), 0);
  writeU32(bytes, 8, footer.features);
  writeU32(bytes, 12, footer.fileFormatVersion);
  writeU64(bytes, 16, footer.dataOffset);
  writeU32(bytes, 24, footer.timestampSeconds);
  bytes.set(encodeLatin1(footer.creatorApplication.padEnd(4, '\0').slice(0, 4)), 28);
  writeU32(bytes, 32, footer.creatorVersion);
  bytes.set(encodeLatin1(footer.creatorHostOs.padEnd(4, '\0').slice(0, 4)), 36);
  writeU64(bytes, 40, footer.originalSizeBytes);
  writeU64(bytes, 48, footer.currentSizeBytes);
  writeGeometry(bytes, footer.geometry);
  writeU32(bytes, 60, DISK_TYPE_CODES[footer.type]);
  bytes.set(parseUuid(footer.uniqueId) ?? new Uint8Array(16), 68);
  writeU8(bytes, 84, footer.savedState ?? 0);
  writeU8(bytes, FOOTER_HIDDEN_OFFSET, footer.hidden ?? 0);
  return sealFooter(bytes);
}

/** Puts a geometry into a footer; the checksum is for the caller to set. */
export function writeGeometry(bytes: Uint8Array, { cylinders, heads, sectorsPerTrack }: Geometry): void {
  writeU16(bytes, 56, cylinders);
  writeU8(bytes, 58, heads);
  writeU8(bytes, 59, sectorsPerTrack);
}

/** Puts a current size and the specification's geometry for it into a footer; the checksum is for the caller to set. */
export function writeCurrentSize(bytes: Uint8Array, sizeBytes: number): void {
  writeU64(bytes, 48, sizeBytes);
  writeGeometry(bytes, geometryForSize(sizeBytes));
}

/** The same bytes with the right checksum in place; changes `bytes`. For patching a footer without touching its other bytes. */
export function sealFooter(bytes: Uint8Array): Uint8Array {
  return withChecksum(bytes, FOOTER_CHECKSUM_OFFSET);
}
