import type { ByteChange } from '../../../src-shared/model/repair-plan';
import { toHex } from '../../../src-shared/vhd/text';

/** Hex shown of one change; the rest is counted. */
export const SHOWN_BYTES_MAX = 4096;
/** Changes told one by one. What more there are become one stretch from the first of them to the last. */
const CHANGES_MAX = 65_536;
/** Hex digits of all changes, 4 MiB of bytes; behind that only the first bytes of each are shown. */
const HEX_DIGITS_MAX = 8 * 1024 * 1024;
const SHOWN_BYTES_LEFT = 32;

/** What an item of a plan changes, in the order it was done, as people are shown it: bounded, whatever is changed. */
export class ChangeList {
  readonly changes: ByteChange[] = [];
  #hexDigits = 0;

  /** Neighbouring small writes are one change. @param lengthBytes where it is more than what is given of them. */
  add(
    offset: number,
    before: Uint8Array,
    after: Uint8Array,
    lengthBytes = Math.max(before.length, after.length),
  ): void {
    const shown = this.#hexDigits < HEX_DIGITS_MAX ? SHOWN_BYTES_MAX : SHOWN_BYTES_LEFT;
    const change: ByteChange = {
      offset,
      before: toHex(before.subarray(0, shown)),
      after: toHex(after.subarray(0, shown)),
      lengthBytes,
    };
    this.#hexDigits += change.before.length + change.after.length;
    const last = this.changes.at(-1);
    if (last && joins(last, change)) {
      this.changes[this.changes.length - 1] = {
        offset: last.offset,
        before: last.before + change.before,
        after: last.after + change.after,
        lengthBytes: last.lengthBytes + lengthBytes,
      };
    } else if (last && this.changes.length >= CHANGES_MAX)
      this.changes[this.changes.length - 1] = span(last, change);
    else this.changes.push(change);
  }
}

const joins = (last: ByteChange, change: ByteChange): boolean =>
  last.offset + last.lengthBytes === change.offset &&
  last.before.length === last.after.length &&
  last.before.length === 2 * last.lengthBytes &&
  change.before.length === change.after.length &&
  last.lengthBytes + change.lengthBytes <= SHOWN_BYTES_MAX;

/** Both, and what lies between them; shown is the beginning of the one that comes first in the file. */
function span(a: ByteChange, b: ByteChange): ByteChange {
  const first = a.offset <= b.offset ? a : b;
  const end = Math.max(a.offset + a.lengthBytes, b.offset + b.lengthBytes);
  return { ...first, lengthBytes: end - first.offset };
}
