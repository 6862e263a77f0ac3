export const PAGE_BYTES = 512;
export const STRETCH_BYTES = 64 * 1024;
const ROW_BYTES = 16;

export interface ByteCell {
  readonly text: string;
  readonly differs: boolean;
}

export interface ByteRow {
  readonly offset: number;
  readonly a: readonly ByteCell[];
  readonly b: readonly ByteCell[];
}

/** Both sides in rows of 16 from `offset`; a byte that only one file has differs. */
export function byteRows(offset: number, a: Uint8Array, b: Uint8Array): ByteRow[] {
  const length = Math.max(a.length, b.length);
  const side = (bytes: Uint8Array, start: number): ByteCell[] =>
    Array.from({ length: Math.min(ROW_BYTES, length - start) }, (_, column) => {
      const byte = bytes[start + column];
      return {
        text: byte === undefined ? '  ' : byte.toString(16).padStart(2, '0'),
        differs: a[start + column] !== b[start + column],
      };
    });
  return Array.from({ length: Math.ceil(length / ROW_BYTES) }, (_, row) => ({
    offset: offset + row * ROW_BYTES,
    a: side(a, row * ROW_BYTES),
    b: side(b, row * ROW_BYTES),
  }));
}

/** First index at which the two differ, a missing byte counting as different; -1 for none. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) if (a[index] !== b[index]) return index;
  return -1;
}
