import type { Transport } from '../../src-shared/ipc/client';
import type { Envelope } from '../../src-shared/ipc/envelope';
import type { EventName } from '../../src-shared/ipc/events';
import { decodeWireFrame, WIRE_FRAME_TYPE } from '../../src-shared/ipc/wire-frame';
import { decodeWireJson, encodeWireJson } from '../../src-shared/ipc/wire-json';
import type { Loss } from '../stores/connection';
import { base64 } from './base64';
import { eventConnection } from './event-source';
import { lostConnection } from './lost-connection';

type Listener = (payload: unknown) => void;

/** HTTP status to a page that the server does not know: it is of an earlier run. */
const SIGNED_OUT = 401;

const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' && value !== null && typeof (value as { ok?: unknown }).ok === 'boolean';

async function decodeAnswer(response: Response): Promise<unknown> {
  if (response.headers.get('content-type') === WIRE_FRAME_TYPE)
    return decodeWireFrame(await response.arrayBuffer(), new TextDecoder());
  return decodeWireJson(await response.text(), base64);
}

/** The browser door: one POST a call, events over one Server-Sent-Events stream from the first need on. */
export function httpTransport(onConnection: (loss: Loss | null) => void): Transport {
  const listeners = new Map<EventName, Set<Listener>>();
  const events = eventConnection(
    (name, payload) => {
      for (const listener of listeners.get(name) ?? []) listener(payload);
    },
    onConnection,
    // Why, only a call can tell.
    () => void transport.invoke('jobs.list', {}),
  );

  const transport: Transport = {
    async invoke(method, input) {
      try {
        const response = await fetch(`api/${method}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: `application/json, ${WIRE_FRAME_TYPE}` },
          body: encodeWireJson(input, base64),
        });
        const answer = await decodeAnswer(response);
        if (response.status === SIGNED_OUT) onConnection('refused');
        if (!isEnvelope(answer)) return lostConnection(`HTTP ${response.status}`);
        if (response.status !== SIGNED_OUT) onConnection(null);
        return answer;
      } catch (error) {
        onConnection('unreachable');
        return lostConnection(error instanceof Error ? error.message : String(error));
      }
    },
    on(event, listener) {
      events.open();
      const known = listeners.get(event) ?? new Set<Listener>();
      listeners.set(event, known.add(listener));
      return () => known.delete(listener);
    },
  };
  return transport;
}
