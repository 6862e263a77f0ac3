/**
 * Parent Locator Entry (VHD 1.0, "Dynamic Disk Header Format"): 24 bytes.
 *
 *   0 platform code 4 · 4 platform data space 4 · 8 platform data length 4 · 12 reserved 4 · 16 platform data offset 8
 *
 * COMPAT(all): the specification counts the data space in sectors; Virtual PC, Hyper-V, VirtualBox, DiscUtils and
 * blktap store bytes, Xen Orchestra and ocaml-vhd sectors. See locatorSpaceBytes in src-shared/vhd.
 */
import { PARENT_LOCATOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { readU32, readU64, writeU32, writeU64 } from '../../../src-shared/vhd/bytes';
import { decodeLatin1, encodeLatin1 } from '../../../src-shared/vhd/text';

export interface LocatorEntry {
  /** Four ISO 8859-1 characters, such as `W2ru`; four NULs where unused. */
  readonly platformCode: string;
  /** As stored: bytes or sectors, see above. */
  readonly dataSpace: number;
  readonly dataLengthBytes: number;
  readonly reserved: number;
  /** Byte offset in the file; null for all ones. */
  readonly dataOffset: number | null;
}

export const UNUSED_PLATFORM_CODE = '\0\0\0\0';

/** Decodes 24 bytes. Never throws on content. */
export function parseLocatorEntry(bytes: Uint8Array): LocatorEntry {
  return {
    platformCode: decodeLatin1(bytes.subarray(0, 4)),
    dataSpace: readU32(bytes, 4),
    dataLengthBytes: readU32(bytes, 8),
    reserved: readU32(bytes, 12),
    dataOffset: readU64(bytes, 16),
  };
}

export function encodeLocatorEntry(entry: LocatorEntry): Uint8Array {
  const bytes = new Uint8Array(PARENT_LOCATOR_SIZE_BYTES);
  bytes.set(encodeLatin1(entry.platformCode), 0);
  writeU32(bytes, 4, entry.dataSpace);
  writeU32(bytes, 8, entry.dataLengthBytes);
  writeU32(bytes, 12, entry.reserved);
  writeU64(bytes, 16, entry.dataOffset);
  return bytes;
}
