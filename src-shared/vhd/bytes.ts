/**
 * Big-endian integers in a `Uint8Array`. Every VHD structure is big-endian.
 * All functions throw `RangeError` when the field does not lie wholly within the array or a value does not fit;
 * callers that read untrusted bytes compare lengths first, so such an error is a bug, never bad input.
 */

/** Reads an unsigned 8-bit integer at byte `offset`. */
export function readU8(bytes: Uint8Array, offset: number): number {
  return viewAt(bytes, offset, 1).getUint8(0);
}

/** Reads an unsigned 16-bit integer at byte `offset`. */
export function readU16(bytes: Uint8Array, offset: number): number {
  return viewAt(bytes, offset, 2).getUint16(0);
}

/** Reads an unsigned 32-bit integer at byte `offset`. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return viewAt(bytes, offset, 4).getUint32(0);
}

/** Reads an unsigned 64-bit integer at byte `offset`, exactly. */
export function readU64BigInt(bytes: Uint8Array, offset: number): bigint {
  return viewAt(bytes, offset, 8).getBigUint64(0);
}

/**
 * Reads an unsigned 64-bit integer at byte `offset` as a number.
 * All ones ("unused") is `null`. A value above 2^53 - 1 comes back rounded to the nearest double:
 * ask `Number.isSafeInteger` before calculating with it, and `readU64BigInt` for its exact value.
 */
export function readU64(bytes: Uint8Array, offset: number): number | null {
  const value = readU64BigInt(bytes, offset);
  return value === U64_MAX ? null : Number(value);
}

/** Writes an unsigned 8-bit integer at byte `offset`. */
export function writeU8(bytes: Uint8Array, offset: number, value: number): void {
  assertUnsigned(value, 0xff);
  viewAt(bytes, offset, 1).setUint8(0, value);
}

/** Writes an unsigned 16-bit integer at byte `offset`. */
export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  assertUnsigned(value, 0xffff);
  viewAt(bytes, offset, 2).setUint16(0, value);
}

/** Writes an unsigned 32-bit integer at byte `offset`. */
export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  assertUnsigned(value, 0xffff_ffff);
  viewAt(bytes, offset, 4).setUint32(0, value);
}

/** Writes an unsigned 64-bit integer at byte `offset`: a safe integer, a bigint, or `null` for all ones. */
export function writeU64(bytes: Uint8Array, offset: number, value: number | bigint | null): void {
  if (typeof value === 'number') assertUnsigned(value, Number.MAX_SAFE_INTEGER);
  const exact = value === null ? U64_MAX : BigInt(value);
  if (exact < 0n || exact > U64_MAX) throw new RangeError(`${exact} does not fit an unsigned 64-bit field`);
  viewAt(bytes, offset, 8).setBigUint64(0, exact);
}

const U64_MAX = 0xffff_ffff_ffff_ffffn;

function viewAt(bytes: Uint8Array, offset: number, length: number): DataView {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > bytes.length) {
    throw new RangeError(
      `bytes [${offset}, ${offset + length}) are outside a structure of ${bytes.length} bytes`,
    );
  }
  return new DataView(bytes.buffer, bytes.byteOffset + offset, length);
}

function assertUnsigned(value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${value} is not an integer in [0, ${max}]`);
  }
}
