/** Text of one event as it goes over the wire, and its number. */
export interface SentEvent {
  readonly number: number;
  readonly text: string;
}

const EVENTS_MAX = 2_000;
const CHARACTERS_MAX = 4 * 1024 * 1024;

/** The events sent last, for a page that was away for a while. */
export class RecentEvents {
  #events: SentEvent[] = [];
  #characters = 0;
  #lastNumber = 0;

  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** Numbers an event and keeps it, at the cost of the oldest. @param textOf its text, with that number. */
  add(textOf: (number: number) => string): string {
    const number = (this.#lastNumber += 1);
    const text = textOf(number);
    this.#events.push({ number, text });
    this.#characters += text.length;
    while (this.#events.length > EVENTS_MAX || this.#characters > CHARACTERS_MAX)
      this.#characters -= this.#events.shift()?.text.length ?? 0;
    return text;
  }

  /** What came after event `number`; null where some of that is not kept any more, or `number` is not one of ours. */
  after(number: number): readonly SentEvent[] | null {
    const missed = this.#lastNumber - number;
    if (!Number.isSafeInteger(number) || number < 0 || missed < 0 || missed > this.#events.length)
      return null;
    return missed === 0 ? [] : this.#events.slice(-missed);
  }
}
