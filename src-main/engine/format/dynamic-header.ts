/**
 * Dynamic Disk Header (VHD 1.0, "Dynamic Disk Header Format"): 1024 bytes at the footer's data offset. It has no copy.
 *
 *   0 cookie 8 · 8 data offset 8 · 16 table offset 8 · 24 header version 4 · 28 max table entries 4 · 32 block size 4 ·
 *   36 checksum 4 · 40 parent unique id 16 · 56 parent timestamp 4 · 60 reserved 4 · 64 parent unicode name 512 ·
 *   576 parent locators 8 x 24 · 768 reserved 256
 */
import {
  DYNAMIC_HEADER_CHECKSUM_OFFSET,
  DYNAMIC_HEADER_COOKIE,
  DYNAMIC_HEADER_SIZE_BYTES,
  FORMAT_VERSION_1_0,
  PARENT_LOCATORS_OFFSET,
  PARENT_LOCATOR_COUNT,
  PARENT_LOCATOR_SIZE_BYTES,
  PARENT_UNICODE_NAME_UNITS,
} from '../../../src-shared/vhd/constants';
import { readU32, readU64, writeU32, writeU64 } from '../../../src-shared/vhd/bytes';
import { onesComplementChecksum } from '../../../src-shared/vhd/checksum';
import {
  decodeLatin1,
  decodeUtf16Be,
  encodeLatin1,
  encodeUtf16Be,
  trimAtNul,
} from '../../../src-shared/vhd/text';
import { formatUuid, parseUuid } from '../../../src-shared/vhd/uuid';
import { encodeLocatorEntry, parseLocatorEntry, type LocatorEntry } from './parent-locator';
import { withChecksum, type StoredChecksum } from './stored-checksum';

const PARENT_NAME_OFFSET = 64;

/** Fields as they lie on disk. A u64 beyond 2^53 is rounded: ask Number.isSafeInteger; all ones is null. */
export interface DynamicHeaderFields {
  readonly cookie: string;
  readonly dataOffset: number | null;
  /** Byte offset of the BAT. */
  readonly tableOffset: number | null;
  readonly headerVersion: number;
  readonly maxTableEntries: number;
  readonly blockSizeBytes: number;
  readonly parentUniqueId: string;
  /** Seconds since 2000-01-01 00:00:00 UTC. */
  readonly parentTimestampSeconds: number;
  /** Up to its first NUL; may hold unpaired surrogates. */
  readonly parentUnicodeName: string;
  /** All eight entries, used or not. */
  readonly parentLocators: readonly LocatorEntry[];
}

/** A header's 1024 bytes, decoded without judgement. */
export interface ParsedDynamicHeader {
  readonly bytes: Uint8Array;
  readonly fields: DynamicHeaderFields;
  readonly checksum: StoredChecksum;
  readonly cookieValid: boolean;
}

/** Decodes 1024 bytes. Never throws on content. */
export function parseDynamicHeader(bytes: Uint8Array): ParsedDynamicHeader {
  const cookie = decodeLatin1(bytes.subarray(0, 8));
  const stored = readU32(bytes, DYNAMIC_HEADER_CHECKSUM_OFFSET);
  const computed = onesComplementChecksum(bytes, DYNAMIC_HEADER_CHECKSUM_OFFSET);
  return {
    bytes,
    fields: {
      cookie,
      dataOffset: readU64(bytes, 8),
      tableOffset: readU64(bytes, 16),
      headerVersion: readU32(bytes, 24),
      maxTableEntries: readU32(bytes, 28),
      blockSizeBytes: readU32(bytes, 32),
      parentUniqueId: formatUuid(bytes.subarray(40, 56)),
      parentTimestampSeconds: readU32(bytes, 56),
      parentUnicodeName: trimAtNul(
        decodeUtf16Be(bytes.subarray(PARENT_NAME_OFFSET, PARENT_NAME_OFFSET + 2 * PARENT_UNICODE_NAME_UNITS)),
      ),
      parentLocators: Array.from({ length: PARENT_LOCATOR_COUNT }, (_, index) =>
        parseLocatorEntry(bytes.subarray(locatorOffset(index), locatorOffset(index + 1))),
      ),
    },
    checksum: { stored, computed, valid: stored === computed },
    cookieValid: cookie === DYNAMIC_HEADER_COOKIE,
  };
}

export interface NewDynamicHeader {
  readonly tableOffset: number;
  readonly maxTableEntries: number;
  readonly blockSizeBytes: number;
  readonly parent?: {
    readonly uniqueId: string;
    readonly timestampSeconds: number;
    /** At most 256 UTF-16 units are kept. */
    readonly unicodeName: string;
    readonly locators: readonly LocatorEntry[];
  };
}

/** 1024 bytes with the right checksum. @throws RangeError where a value does not fit its field: a bug of the caller. */
export function encodeDynamicHeader(header: NewDynamicHeader): Uint8Array {
  const bytes = new Uint8Array(DYNAMIC_HEADER_SIZE_BYTES);
  bytes.set(encodeLatin1(DYNAMIC_HEADER_COOKIE), 0);
  writeU64(bytes, 8, null);
  writeU64(bytes, 16, header.tableOffset);
  writeU32(bytes, 24, FORMAT_VERSION_1_0);
  writeU32(bytes, 28, header.maxTableEntries);
  writeU32(bytes, 32, header.blockSizeBytes);
  if (header.parent) writeParentFields(bytes, header.parent);
  return sealDynamicHeader(bytes);
}

/** Puts parent id, timestamp, name and all eight locator entries into a header's bytes; the checksum is left as it is. */
export function writeParentFields(bytes: Uint8Array, parent: NonNullable<NewDynamicHeader['parent']>): void {
  bytes.set(parseUuid(parent.uniqueId) ?? new Uint8Array(16), 40);
  writeU32(bytes, 56, parent.timestampSeconds);
  bytes.fill(0, PARENT_NAME_OFFSET, PARENT_NAME_OFFSET + 2 * PARENT_UNICODE_NAME_UNITS);
  bytes.set(encodeUtf16Be(parent.unicodeName.slice(0, PARENT_UNICODE_NAME_UNITS)), PARENT_NAME_OFFSET);
  bytes.fill(0, locatorOffset(0), locatorOffset(PARENT_LOCATOR_COUNT));
  parent.locators.slice(0, PARENT_LOCATOR_COUNT).forEach((entry, index) => {
    bytes.set(encodeLocatorEntry(entry), locatorOffset(index));
  });
}

/** The same bytes with the right checksum in place; changes `bytes`. */
export function sealDynamicHeader(bytes: Uint8Array): Uint8Array {
  return withChecksum(bytes, DYNAMIC_HEADER_CHECKSUM_OFFSET);
}

/** Byte offset within the header of locator entry `index`, in `[0, 8]`. */
export function locatorOffset(index: number): number {
  return PARENT_LOCATORS_OFFSET + index * PARENT_LOCATOR_SIZE_BYTES;
}
