/** Bytes that one table has taken of a budget. */
export interface BudgetShare {
  bytes: number;
}

/** A table that may be able to give up pages, as it can read them again. */
export interface BudgetTable {
  /** Gives up pages of so many bytes, or as many as it can. */
  drop(wantedBytes: number): void;
}

/** Pages are given up in stretches of so much, so that not every page that comes has to ask for room. */
const DROPPED_BYTES_MIN = 4 * 1024 * 1024;

/**
 * How much memory the pages of all large BATs of a thread may take together. Tables that can read their pages again
 * keep to it, and make room for those that cannot: these take what they need, even where it is more.
 */
export class PageBudget {
  /** Changed by tests only. */
  limitBytes: number;
  #takenBytes = 0;
  readonly #tables = new Map<BudgetShare, WeakRef<BudgetTable>>();
  readonly #gone = new FinalizationRegistry<BudgetShare>((share) => this.leave(share));

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** Held weakly: a table that nobody knows any more leaves by itself. */
  join(table: BudgetTable): BudgetShare {
    const share = { bytes: 0 };
    this.#tables.set(share, new WeakRef(table));
    this.#gone.register(table, share);
    return share;
  }

  /** Nothing of the table takes memory any more. */
  leave(share: BudgetShare): void {
    this.#takenBytes -= share.bytes;
    share.bytes = 0;
    this.#tables.delete(share);
  }

  hasRoomFor(bytes: number): boolean {
    return this.#takenBytes + bytes <= this.limitBytes;
  }

  /** Counts what a table takes from now on, or gives back where it is negative; others make room for it. */
  change(share: BudgetShare, bytes: number): void {
    share.bytes += bytes;
    this.#takenBytes += bytes;
    if (bytes <= 0) return;
    for (const table of this.#tables.values()) {
      const missing = this.#takenBytes - this.limitBytes;
      if (missing <= 0) return;
      table.deref()?.drop(Math.max(missing, DROPPED_BYTES_MIN));
    }
  }
}

/**
 * Of this thread: 112 MiB, enough for the largest BAT in blocks of 64 KiB that lie in random order (100 MiB), so that
 * only those read again who have two of them, or one of numbers that mean nothing.
 */
export const PAGE_BUDGET = new PageBudget(112 * 1024 * 1024);
