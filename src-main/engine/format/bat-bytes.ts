import { BAT_ENTRY_SIZE_BYTES } from '../../../src-shared/vhd/constants';

/** Entries of big-endian bytes, decoded in place where the machine allows: `bytes` is used up. */
export function decodeBat(bytes: Buffer): Uint32Array {
  if (bytes.length === 0) return new Uint32Array(0);
  const aligned =
    bytes.byteOffset % BAT_ENTRY_SIZE_BYTES === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  if (IS_LITTLE_ENDIAN) aligned.swap32();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / BAT_ENTRY_SIZE_BYTES);
}

/** Big-endian bytes of the entries, at the beginning of `room` where it is given. @returns these bytes. */
export function encodeBat(entries: Uint32Array, room = Buffer.alloc(entries.byteLength)): Buffer {
  const bytes = room.subarray(0, entries.byteLength);
  bytes.set(new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength));
  return IS_LITTLE_ENDIAN ? bytes.swap32() : bytes;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
