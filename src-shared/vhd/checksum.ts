/**
 * The checksum of a footer or dynamic disk header: the one's complement of the sum of all its bytes, the four bytes
 * of the checksum field at `checksumOffset` counted as zero (spec: Hard Disk Footer Format, Checksum).
 * A 511-byte footer has the same checksum with and without its missing zero byte.
 */
export function onesComplementChecksum(bytes: Uint8Array, checksumOffset: number): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    if (index < checksumOffset || index >= checksumOffset + 4) sum += bytes[index] ?? 0;
  }
  return ~sum >>> 0;
}

/** A checksum as `0x` and eight lower-case hex digits. */
export function formatChecksum(checksum: number): string {
  return `0x${(checksum >>> 0).toString(16).padStart(8, '0')}`;
}
