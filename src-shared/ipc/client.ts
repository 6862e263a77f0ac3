import { fromWireError } from '../errors';
import type { Input, Output } from './contract';
import type { Envelope } from './envelope';
import type { EventMap, EventName } from './events';
import type { MethodName } from './method-names';

/** How a page reaches main: the preload's bridge on the desktop, HTTP in the browser door. */
export interface Transport {
  invoke(method: MethodName, input: unknown): Promise<Envelope>;
  /** @returns a function that ends the subscription. */
  on(event: EventName, listener: (payload: unknown) => void): () => void;
}

/** What the desktop's preload puts on `window.platter`. */
export interface Bridge extends Transport {
  /** Hands files dropped on the page to main; resolves with the ids main gave them. Folders become folder ids. */
  openDropped(files: readonly unknown[]): Promise<Envelope>;
  /** Lets the person go on dragging this open file outside of the window. To be called while a drag begins. */
  dragOut(fileId: string): void;
}

export interface Client {
  /** @throws AppError as main sent it. */
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>;
  on<E extends EventName>(event: E, listener: (payload: EventMap[E]) => void): () => void;
}

/** The one typed client, over either transport. */
export function createClient(transport: Transport): Client {
  return {
    async call(method, input) {
      const envelope = await transport.invoke(method, input);
      if (envelope.ok) return envelope.value as never;
      throw fromWireError(envelope.error);
    },
    on(event, listener) {
      return transport.on(event, (payload) => listener(payload as never));
    },
  };
}

/** The answer to `openDropped`. */
export interface DroppedItems {
  readonly files: readonly { readonly id: string; readonly name: string; readonly displayPath: string }[];
  readonly folders: readonly { readonly id: string; readonly name: string; readonly displayPath: string }[];
}
