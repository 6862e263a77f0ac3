/** Bytes that differ side by side are one difference; so far is looked for its end. */
const RUN_BYTES_MAX = 64 * 1024;

/** The first offset behind the difference that `offset` lies in, as far as its bytes are known; `offset` where it lies in none. */
export function endOfDifference(differs: (offset: number) => boolean, offset: number): number {
  let end = offset;
  while (end - offset < RUN_BYTES_MAX && differs(end)) end += 1;
  return end;
}

/** The first byte of the difference that `offset` lies in, as far as its bytes are known. */
export function startOfDifference(differs: (offset: number) => boolean, offset: number): number {
  let start = offset;
  while (start > 0 && offset - start < RUN_BYTES_MAX && differs(start - 1)) start -= 1;
  return start;
}
