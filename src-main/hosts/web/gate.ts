import type { IncomingMessage } from 'node:http';

/** Names under which this machine reaches itself. A name that is bound to it later (DNS rebinding) is none of them. */
const LOOPBACK_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request came to us by one of our own names, and from a page of ours or from the address bar. Any port
 * is taken: the person may have tunnelled it; what counts is that Origin and Host agree.
 * @returns why it is refused, or null.
 */
export function whyRefused(request: IncomingMessage): string | null {
  const host = request.headers.host ?? '';
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  if (!LOOPBACK_NAMES.includes(name)) return `The host "${host.slice(0, 80)}" is not this server.`;
  const { origin } = request.headers;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    return 'The request comes from another origin.';
  return null;
}

/** Where the browser says that a request comes from; null where it does not say (old browsers, programs). */
function fetchSite(request: IncomingMessage): string | null {
  const site = request.headers['sec-fetch-site'];
  return typeof site === 'string' ? site : null;
}

/** Whether a page of another site, or of another port of this machine, caused the request. */
export function isFromElsewhere(request: IncomingMessage): boolean {
  const site = fetchSite(request);
  return site === 'cross-site' || site === 'same-site';
}

/** Whether a browser asks for a page to show in a tab of its own: never a frame, an image or a script. */
export function isTopNavigation(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = request.headers;
  return (
    (mode === undefined || mode === 'navigate') && (destination === undefined || destination === 'document')
  );
}
