import { EVENT_NAMES, type EventName } from '../../src-shared/ipc/events';
import { decodeWireJson } from '../../src-shared/ipc/wire-json';
import type { Loss } from '../stores/connection';
import { base64 } from './base64';

export interface EventConnection {
  /** Begins to listen, as soon as the page can be seen. */
  open(): void;
}

/**
 * The stream of events from the server, for as long as the page can be seen: browsers allow six connections to a host,
 * over all tabs, and a seventh tab could not even make a call. A page that comes back is given what it missed.
 */
export function eventConnection(
  deliver: (name: EventName, payload: unknown) => void,
  onConnection: (loss: Loss | null) => void,
  onGivenUp: () => void,
): EventConnection {
  let stream: EventSource | null = null;
  let lastNumber = '';
  let isWanted = false;

  function connect(): void {
    stream = new EventSource(lastNumber === '' ? 'api/events' : `api/events?after=${lastNumber}`);
    const opened = stream;
    opened.onopen = () => onConnection(null);
    // A browser tries again while nothing answers, and gives up where something does that is no stream of events.
    opened.onerror = () =>
      opened.readyState === EventSource.CLOSED ? onGivenUp() : onConnection('unreachable');
    const take = (event: Event): MessageEvent<string> => {
      const message = event as MessageEvent<string>;
      lastNumber = message.lastEventId;
      return message;
    };
    stream.addEventListener('here', take);
    for (const name of EVENT_NAMES)
      stream.addEventListener(name, (event) => deliver(name, decodeWireJson(take(event).data, base64)));
  }

  function follow(): void {
    if (document.visibilityState === 'hidden') {
      stream?.close();
      stream = null;
    } else if (isWanted && !stream) connect();
  }

  document.addEventListener('visibilitychange', follow);
  return {
    open() {
      isWanted = true;
      follow();
    },
  };
}
