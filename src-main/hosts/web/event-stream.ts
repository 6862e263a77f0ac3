import type { ServerResponse } from 'node:http';
import type { EventMap, EventName } from '../../../src-shared/ipc/events';
import { encodeWireJson } from '../../../src-shared/ipc/wire-json';
import { COMMON_HEADERS } from '../../services/page/page-headers';
import { base64 } from './base64';

const HEARTBEAT_MS = 15_000;
const CLIENTS_MAX = 64;
/** Bytes that may wait for one client; a page that does not read is cut off and comes back by itself. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/** Events to every page, as Server-Sent Events. */
export class EventStreams {
  readonly #clients = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(heartbeatMs = HEARTBEAT_MS) {
    this.#heartbeat = setInterval(() => this.#send(': here\n\n'), heartbeatMs).unref();
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Takes an answered request over as a stream. @returns false where there are too many already. */
  add(response: ServerResponse): boolean {
    if (this.#clients.size >= CLIENTS_MAX) return false;
    response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write('retry: 1000\n\n');
    this.#clients.add(response);
    response.on('close', () => this.#clients.delete(response));
    response.on('error', () => this.#clients.delete(response));
    return true;
  }

  emit<E extends EventName>(name: E, payload: EventMap[E]): void {
    // JSON text has no line breaks of its own, so one data line is enough.
    this.#send(`event: ${name}\ndata: ${encodeWireJson(payload, base64)}\n\n`);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const client of this.#clients) client.end();
    this.#clients.clear();
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > WAITING_BYTES_MAX) client.destroy();
      else client.write(text);
    }
  }
}
