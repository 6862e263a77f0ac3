/** A stretch of the file that is selected, `[offset, offset + length)`. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export const ROW_BYTES = 16;
export const ROW_PX = 20;
/** Chromium stops at 33,554,428 px; beyond this many the scrollbar is mapped instead of exact. */
const SCROLL_PX_MAX = 8_000_000;

/** Where sixteen bytes with their text do not fit side by side, a row has eight. */
export const NARROW_ROW_BYTES = 8;
/** Width of a row of sixteen, with offset and text, in CSS pixels. */
const WIDE_ROW_PX = 590;

export const rowBytesFor = (widthPx: number): number =>
  widthPx > 0 && widthPx < WIDE_ROW_PX ? NARROW_ROW_BYTES : ROW_BYTES;

export const rowCount = (fileSizeBytes: number, rowBytes = ROW_BYTES): number =>
  Math.max(1, Math.ceil(fileSizeBytes / rowBytes));

/** Height of the scrollbar's content for a file. */
export const scrollHeightPx = (rows: number): number => Math.min(rows * ROW_PX, SCROLL_PX_MAX);

/** First row for a place of the scrollbar. */
export function rowAtScroll(scrollTop: number, rows: number, visibleRows: number, viewPx: number): number {
  const last = Math.max(0, rows - visibleRows);
  const range = scrollHeightPx(rows) - viewPx;
  return range <= 0 ? 0 : Math.min(last, Math.max(0, Math.round((scrollTop / range) * last)));
}

/** Place of the scrollbar for a first row. */
export function scrollAtRow(row: number, rows: number, visibleRows: number, viewPx: number): number {
  const last = Math.max(0, rows - visibleRows);
  return last === 0 ? 0 : (row / last) * Math.max(0, scrollHeightPx(rows) - viewPx);
}

/** Both ends in order, the far one included. */
export function rangeBetween(anchor: number, cursor: number): ByteRange {
  const offset = Math.min(anchor, cursor);
  return { offset, length: Math.abs(anchor - cursor) + 1 };
}

export const isInside = (range: ByteRange | null, offset: number): boolean =>
  range !== null && offset >= range.offset && offset < range.offset + range.length;

/** What a person typed to search for, as hex: hex digits as they are, anything in quotes or else as UTF-8 text. */
export function patternHex(text: string, kind: 'hex' | 'text'): string | null {
  if (kind === 'hex') {
    const digits = text.replace(/0x|[\s,:-]/gi, '');
    return /^(?:[0-9a-f]{2})+$/i.test(digits) ? digits.toLowerCase() : null;
  }
  if (text === '') return null;
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
