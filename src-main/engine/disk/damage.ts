import { AppError } from '../../../src-shared/errors';
import type { GuestRange } from '../../../src-shared/model/finding';
import { formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';

/** Ranges kept apart; beyond that only the number of bytes grows. */
const RANGES_MAX = 1000;

/** Guest ranges whose stored content cannot be trusted, and what to do when one is read. */
export class Damage {
  readonly #path: string;
  readonly #allowed: boolean;
  readonly #ranges: { offset: number; length: number; reason: string }[] = [];

  /** With `allowed`, damaged ranges read as zeros and are noted here; otherwise reading them throws. */
  constructor(path: string, allowed: boolean) {
    this.#path = path;
    this.#allowed = allowed;
  }

  /** What was read as zeros although something else was, or should be, stored there. Merged where they touch. */
  get ranges(): readonly (GuestRange & { readonly reason: string })[] {
    return this.#ranges;
  }

  /**
   * Guest bytes `[offset, offset + length)` are asked for and cannot be trusted.
   * @throws AppError `damaged-range` unless damage is allowed; then the caller gives zeros.
   */
  meet(offset: number, length: number, reason: string): void {
    if (!this.#allowed) {
      throw new AppError(
        'damaged-range',
        `"${this.#path}": ${formatSizeBoth(length)} from byte ${formatCount(offset)} of the disk on cannot be trusted: ${reason}.`,
        { context: { path: this.#path, operation: 'read' }, data: { guestOffset: offset, length, reason } },
      );
    }
    const last = this.#ranges.at(-1);
    if (last?.reason === reason && last.offset + last.length === offset) last.length += length;
    else if (this.#isKnown(offset, length)) return;
    else if (this.#ranges.length < RANGES_MAX) this.#ranges.push({ offset, length, reason });
  }

  #isKnown(offset: number, length: number): boolean {
    return this.#ranges.some(
      (range) => range.offset <= offset && offset + length <= range.offset + range.length,
    );
  }
}
