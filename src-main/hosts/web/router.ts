import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toWireError } from '../../../src-shared/errors';
import type { Envelope } from '../../../src-shared/ipc/envelope';
import { encodeWireFrame, WIRE_FRAME_TYPE } from '../../../src-shared/ipc/wire-frame';
import { decodeWireJson, encodeWireJson } from '../../../src-shared/ipc/wire-json';
import { dispatch, type Handlers } from '../../ipc/dispatch';
import type { PageFiles } from '../../services/page/page-files';
import { COMMON_HEADERS } from '../../services/page/page-headers';
import { base64 } from './base64';
import type { EventStreams } from './event-stream';
import { isFromElsewhere, isTopNavigation, whyRefused } from './gate';
import { plainPage, reloadPage, type PlainPage } from './plain-page';
import { readBody } from './read-body';
import type { Session } from './session';

/** A call's input; only a report to be saved may be longer. */
const BODY_BYTES_MAX = 1024 * 1024;
const TEXT_BODY_BYTES_MAX = 130 * 1024 * 1024;

const utf8 = new TextEncoder();

export interface RouterParts {
  readonly session: Session;
  readonly handlers: Handlers;
  readonly page: PageFiles;
  readonly streams: EventStreams;
}

/** One request of the browser door, from the gate to the answer. Never throws. */
export async function route(
  parts: RouterParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const refusal = whyRefused(request);
    if (refusal !== null) {
      sendPage(request, response, plainPage(403, 'Refused', escapeHtml(refusal)));
      return;
    }
    const asked = request.url ?? '/';
    if (!asked.startsWith('/') || asked.startsWith('//')) {
      // An absolute address is for proxies, which this is not.
      sendPage(request, response, plainPage(400, 'Refused', 'The address is not one of this server.'));
      return;
    }
    const url = new URL(asked, 'http://platter.invalid');
    if (url.pathname === '/api/events') answerEvents(parts, request, response, url);
    else if (url.pathname.startsWith('/api/'))
      await answerCall(parts, request, response, url.pathname.slice('/api/'.length));
    else await answerPage(parts, request, response, url);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else {
      const says = error instanceof AppError ? error.message : 'The request could not be answered.';
      sendPage(request, response, plainPage(500, 'Platter cannot answer', escapeHtml(says)));
    }
  }
}

async function answerPage(
  { session, page }: RouterParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    sendPage(request, response, plainPage(405, 'Refused', 'Pages are only read.'));
    return;
  }
  const isPage = url.pathname === '/' || url.pathname === '/index.html';
  if (isFromElsewhere(request) && !(isPage && isTopNavigation(request))) {
    sendPage(request, response, plainPage(403, 'Refused', 'The request comes from another page.'));
    return;
  }
  const token = url.searchParams.get('token');
  if (isPage && token !== null) {
    signIn(session, request, response, token);
    return;
  }
  if (!session.isSignedIn(request)) {
    sendPage(request, response, isPage && isFromElsewhere(request) ? reloadPage() : NOT_SIGNED_IN);
    return;
  }
  const file = await page.get(url.pathname);
  if (!file) {
    sendPage(request, response, plainPage(404, 'Not found', 'There is no such page.'));
    return;
  }
  response.writeHead(200, { ...file.headers, 'content-length': file.body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

/** For a second browser, and for whoever lost the first. */
const ANOTHER_ADDRESS =
  'For another address, press Enter in the terminal in which “platter serve” runs; where it runs in none, start it again.';

const NOT_SIGNED_IN = plainPage(
  403,
  'This address needs its token',
  `Open the address that “platter serve” printed last. It works once; after that, this browser is known until the server ends. ${ANOTHER_ADDRESS}`,
);

function signIn(session: Session, request: IncomingMessage, response: ServerResponse, token: string): void {
  // Looking ahead (HEAD) must not use the token up; a browser that is signed in already needs none.
  const answer = session.isSignedIn(request) || request.method === 'HEAD' ? null : session.tryToken(token);
  if (answer === null || answer === 'accepted') {
    if (answer === 'accepted') response.setHeader('set-cookie', session.cookie());
    response.writeHead(303, { ...COMMON_HEADERS, location: '/' });
    response.end();
    return;
  }
  sendPage(request, response, TOKEN_PAGES[answer]);
}

const TOKEN_PAGES = {
  used: plainPage(
    403,
    'This address was used already',
    `Each address signs in one browser, once. ${ANOTHER_ADDRESS}`,
  ),
  wrong: plainPage(
    403,
    'Wrong token',
    `Open the address exactly as “platter serve” printed it last. ${ANOTHER_ADDRESS}`,
  ),
  'too-many': plainPage(429, 'Too many wrong tokens', 'Wait a minute, then open the printed address again.'),
} as const;

function answerEvents(
  { session, streams }: RouterParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void {
  // A browser that connects again by itself says it in a header, a page that does so in the address.
  const after = request.headers['last-event-id'] ?? url.searchParams.get('after');
  if (request.method !== 'GET') sendRefusal(response, 405, 'Events are only read.', 'GET');
  else if (isFromElsewhere(request)) sendRefusal(response, 403, 'The request comes from another page.');
  else if (!session.isSignedIn(request)) sendRefusal(response, 401, SESSION_ENDED);
  else if (!streams.add(response, after === null || Array.isArray(after) ? null : Number(after)))
    sendRefusal(response, 503, 'Too many pages are open.');
}

const SESSION_ENDED =
  'This page is not signed in any more: the server was started anew. Open the address that it printed last.';

async function answerCall(
  { session, handlers }: RouterParts,
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
): Promise<void> {
  if (request.method !== 'POST') {
    sendRefusal(response, 405, 'Calls are made with POST.', 'POST');
    return;
  }
  // Every browser sends Origin with a POST; whatever does not is no page of ours.
  if (isFromElsewhere(request) || request.headers.origin === undefined) {
    sendRefusal(response, 403, 'The call does not come from a page of this server.');
    return;
  }
  if (!session.isSignedIn(request)) {
    sendRefusal(response, 401, SESSION_ENDED);
    return;
  }
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    sendRefusal(response, 415, 'Calls carry application/json.');
    return;
  }
  const body = await readBody(request, method === 'files.saveText' ? TEXT_BODY_BYTES_MAX : BODY_BYTES_MAX);
  if (body === null) {
    response.setHeader('connection', 'close');
    sendRefusal(response, 413, 'The call is too long.');
    return;
  }
  let input: unknown;
  try {
    input = decodeWireJson(body.toString('utf8'), base64);
  } catch {
    sendRefusal(response, 400, 'The call is not JSON.');
    return;
  }
  const envelope = await dispatch(handlers, method, input);
  const frame = request.headers.accept?.includes(WIRE_FRAME_TYPE) ? encodeWireFrame(envelope, utf8) : null;
  if (frame === null) sendEnvelope(response, 200, envelope);
  else sendFrame(response, frame);
}

/** An answer with bytes, to a page that said it can take them as they are. */
function sendFrame(response: ServerResponse, frame: readonly Uint8Array[]): void {
  response.writeHead(200, {
    ...COMMON_HEADERS,
    'content-type': WIRE_FRAME_TYPE,
    'content-length': frame.reduce((sum, piece) => sum + piece.length, 0),
  });
  for (const piece of frame) response.write(piece);
  response.end();
}

function sendRefusal(response: ServerResponse, status: number, says: string, allow?: string): void {
  if (allow !== undefined) response.setHeader('allow', allow);
  const code = status === 400 || status === 413 || status === 415 ? 'bad-request' : 'forbidden';
  sendEnvelope(response, status, { ok: false, error: toWireError(new AppError(code, says)) });
}

function sendEnvelope(response: ServerResponse, status: number, envelope: Envelope): void {
  const body = Buffer.from(encodeWireJson(envelope, base64));
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  });
  response.end(body);
}

function sendPage(request: IncomingMessage, response: ServerResponse, page: PlainPage): void {
  response.writeHead(page.status, page.headers);
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
