/** Pages of an overlay, kept small where a whole table was given up: then they hold the file's words or all ones. */

export const PAGE_BYTES = 4096;
const WORD_BYTES = 4;
const PAGE_WORDS = PAGE_BYTES / WORD_BYTES;
/** One bit for each word of 32 bits. */
const MASK_BYTES = PAGE_WORDS / 8;
const ONES: Uint8Array = new Uint8Array(PAGE_BYTES).fill(0xff);

/**
 * What an overlay keeps of one page: all its bytes, or (128 bytes long) which of its words are all ones, the others
 * being those of the file under it. Only what `isOwn` confirms may be written to.
 */
export type StoredPage = Uint8Array;

const isMask = (page: StoredPage): boolean => page.length === MASK_BYTES;

/** Whether the page holds its bytes itself, and nobody else's. */
export const isOwn = (page: StoredPage): boolean => page !== ONES && !isMask(page);

/** The page in less than its bytes, or null where it cannot be. @param under the same bytes of the file under it. */
export function packPage(bytes: Uint8Array, under: Uint8Array): StoredPage | null {
  const mask = new Uint8Array(MASK_BYTES);
  let ones = 0;
  for (let word = 0, at = 0; word < PAGE_WORDS; word += 1, at += WORD_BYTES) {
    const isOnes =
      ((bytes[at] ?? 0) & (bytes[at + 1] ?? 0) & (bytes[at + 2] ?? 0) & (bytes[at + 3] ?? 0)) === 0xff;
    if (isOnes) {
      mask[word >>> 3] = (mask[word >>> 3] ?? 0) | (1 << (word & 7));
      ones += 1;
    } else if (
      bytes[at] !== under[at] ||
      bytes[at + 1] !== under[at + 1] ||
      bytes[at + 2] !== under[at + 2] ||
      bytes[at + 3] !== under[at + 3]
    )
      return null;
  }
  return ones === PAGE_WORDS ? ONES : mask;
}

/** Lays `[start, end)` of a page over `target`, which holds the bytes of the file under it. */
export function showPage(page: StoredPage, start: number, end: number, target: Uint8Array): void {
  if (!isMask(page)) {
    target.set(page.subarray(start, end));
    return;
  }
  for (let at = start; at < end;) {
    const word = Math.floor(at / WORD_BYTES);
    const next = Math.min(end, (word + 1) * WORD_BYTES);
    if (((page[word >>> 3] ?? 0) & (1 << (word & 7))) !== 0) target.fill(0xff, at - start, next - start);
    at = next;
  }
}
