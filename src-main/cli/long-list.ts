/** Elements held until it is known whether more follow: a few MiB. */
export const HELD_ELEMENTS_MAX = 32_768;

/**
 * A list that can have millions of elements, such as the runs of a map. A short one is held, so that it is printed as
 * everything else is: once the verb has ended well. Of a long one only the beginning is; the rest is printed as it comes.
 */
export class LongList<T> {
  /** The first elements; all of them where `isWhole`. */
  readonly held: readonly T[];
  readonly isWhole: boolean;
  readonly #rest: AsyncIterator<T>;

  private constructor(held: readonly T[], isWhole: boolean, rest: AsyncIterator<T>) {
    this.held = held;
    this.isWhole = isWhole;
    this.#rest = rest;
  }

  static async of<T>(source: AsyncIterable<T>, heldMax = HELD_ELEMENTS_MAX): Promise<LongList<T>> {
    const rest = source[Symbol.asyncIterator]();
    const held: T[] = [];
    while (held.length <= heldMax) {
      const next = await rest.next();
      if (next.done) return new LongList(held, true, rest);
      held.push(next.value);
    }
    return new LongList(held, false, rest);
  }

  /** What follows `held`; can be asked for once, and closes the source when it is left early. */
  async *rest(): AsyncGenerator<T> {
    try {
      for (let next = await this.#rest.next(); !next.done; next = await this.#rest.next()) yield next.value;
    } finally {
      await this.#rest.return?.();
    }
  }
}
