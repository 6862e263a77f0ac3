import { ZEROS } from '../io/write-zeros';

/** What is compared at once: a piece of the stock that stays in the processor's cache. */
const GRAIN_BYTES = 64 * 1024;

/** Whether every byte is zero, at the speed of memory: data is mostly told by its first byte, zeros by memcmp. */
export function isAllZero(bytes: Uint8Array): boolean {
  const { length } = bytes;
  for (let at = 0; at < length; at += GRAIN_BYTES) {
    const end = Math.min(length, at + GRAIN_BYTES);
    if (bytes[at] !== 0 || ZEROS.compare(bytes, at, end, 0, end - at) !== 0) return false;
  }
  return true;
}
