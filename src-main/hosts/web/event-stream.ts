import type { ServerResponse } from 'node:http';
import type { EventMap, EventName } from '../../../src-shared/ipc/events';
import { encodeWireJson } from '../../../src-shared/ipc/wire-json';
import { COMMON_HEADERS } from '../../services/page/page-headers';
import { base64 } from './base64';
import { RecentEvents } from './recent-events';

const HEARTBEAT_MS = 15_000;
const CLIENTS_MAX = 64;
/** Bytes that may wait for one client; a page that does not read is cut off and comes back by itself. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Events to every page, as Server-Sent Events. Each has a number, by which a page that was away (hidden pages let go
 * of their stream, of which a browser allows six) is given what it missed, or told that it missed too much.
 */
export class EventStreams {
  readonly #recent = new RecentEvents();
  readonly #clients = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(heartbeatMs = HEARTBEAT_MS) {
    this.#heartbeat = setInterval(() => this.#send(': here\n\n'), heartbeatMs).unref();
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /**
   * Takes an answered request over as a stream.
   * @param after number of the last event that the page got; null for a page that is new.
   * @returns false where there are too many already.
   */
  add(response: ServerResponse, after: number | null = null): boolean {
    if (this.#clients.size >= CLIENTS_MAX) return false;
    response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write('retry: 1000\n\n');
    response.write(this.#missedSince(after));
    this.#clients.add(response);
    response.on('close', () => this.#clients.delete(response));
    response.on('error', () => this.#clients.delete(response));
    return true;
  }

  emit<E extends EventName>(name: E, payload: EventMap[E]): void {
    // JSON text has no line breaks of its own, so one data line is enough.
    const data = encodeWireJson(payload, base64);
    this.#send(this.#recent.add((number) => eventText(name, number, data)));
  }

  /** What a page has missed, and in any case the number that it stands at from now on. */
  #missedSince(after: number | null): string {
    const { lastNumber } = this.#recent;
    const missed = after === null ? [] : this.#recent.after(after);
    if (missed === null) return eventText('events.missed', lastNumber, '{}');
    return [eventText('here', lastNumber - missed.length, '{}'), ...missed.map(({ text }) => text)].join('');
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

const eventText = (name: EventName | 'here', number: number, data: string): string =>
  `event: ${name}\nid: ${number}\ndata: ${data}\n\n`;
