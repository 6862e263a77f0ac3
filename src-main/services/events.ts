import type { EventMap, EventName } from '../../src-shared/ipc/events';

type AnyListener = <E extends EventName>(name: E, payload: EventMap[E]) => void;

/** What services tell, and the doors carry to their pages. */
export class EventHub {
  readonly #listeners = new Set<AnyListener>();

  emit<E extends EventName>(name: E, payload: EventMap[E]): void {
    for (const listener of this.#listeners) listener(name, payload);
  }

  /** @returns a function that ends the subscription. */
  onAny(listener: AnyListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  on<E extends EventName>(wanted: E, listener: (payload: EventMap[E]) => void): () => void {
    const wantedName: EventName = wanted;
    return this.onAny((name, payload) => {
      // The name decides the payload's type; the compiler cannot follow that through two parameters.
      if (name === wantedName) listener(payload as unknown as EventMap[E]);
    });
  }
}
