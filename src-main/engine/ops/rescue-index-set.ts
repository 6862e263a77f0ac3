const BITS = 32;

/**
 * A set of whole numbers below `size` that tells the next of them at once, however far it is: a bit for each, and above
 * them one for each word that is not empty, and so on.
 */
export class IndexSet {
  readonly #levels: Uint32Array[] = [];

  constructor(size: number) {
    let count = size;
    do {
      count = Math.ceil(count / BITS);
      this.#levels.push(new Uint32Array(count));
    } while (count > 1);
  }

  /** All numbers below `size`. */
  static full(size: number): IndexSet {
    const set = new IndexSet(size);
    let count = size;
    for (const words of set.#levels) {
      words.fill(0xffff_ffff);
      if (count % BITS !== 0) words[words.length - 1] = 2 ** (count % BITS) - 1;
      count = words.length;
    }
    return set;
  }

  add(value: number): void {
    let at = value;
    for (const words of this.#levels) {
      const word = at >>> 5;
      words[word] = ((words[word] ?? 0) | (1 << (at & 31))) >>> 0;
      at = word;
    }
  }

  /** @returns whether it was there. */
  delete(value: number): boolean {
    let at = value;
    for (const [level, words] of this.#levels.entries()) {
      const word = at >>> 5;
      const bit = (1 << (at & 31)) >>> 0;
      const before = words[word] ?? 0;
      if (level === 0 && (word >= words.length || (before & bit) === 0)) return false;
      words[word] = (before & ~bit) >>> 0;
      if (words[word] !== 0) break;
      at = word;
    }
    return true;
  }

  /** The lowest from `from` on, or -1. */
  next(from: number): number {
    let at = from;
    for (let level = 0; level < this.#levels.length; level += 1) {
      const words = this.#levels[level];
      const word = at >>> 5;
      if (!words || word >= words.length) return -1;
      const rest = ((words[word] ?? 0) & (0xffff_ffff << (at & 31))) >>> 0;
      if (rest !== 0) return this.#down(level, word * BITS + lowestBit(rest));
      at = word + 1;
    }
    return -1;
  }

  /** The lowest number under bit `at` of a level. */
  #down(level: number, at: number): number {
    let found = at;
    for (let below = level - 1; below >= 0; below -= 1)
      found = found * BITS + lowestBit(this.#levels[below]?.[found] ?? 0);
    return found;
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
