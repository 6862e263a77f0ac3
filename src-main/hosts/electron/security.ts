import { app, session, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { AppError } from '../../../src-shared/errors';
import { isPageUrl } from './page-origin';

/** The one thing a page may ask the system for: putting text on the clipboard. */
const ALLOWED_PERMISSIONS: readonly string[] = ['clipboard-sanitized-write'];

/** Schemes that reach nothing outside this program. */
const LOCAL_SCHEMES: readonly string[] = ['app:', 'data:', 'blob:', 'devtools:'];

/** Every page of every kind, for as long as the program runs. */
export function guardAllContents(): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  const denyElsewhere = (event: { preventDefault(): void }, url: string): void => {
    if (!isPageUrl(url)) event.preventDefault();
  };
  contents.on('will-navigate', (event, url) => denyElsewhere(event, url));
  contents.on('will-redirect', (event, url) => denyElsewhere(event, url));
  contents.on('will-frame-navigate', (event) => denyElsewhere(event, event.url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Permissions, requests and downloads of the only session there is. */
export function guardSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, decide) =>
    decide(ALLOWED_PERMISSIONS.includes(permission) && isPageUrl(contents.getURL())),
  );
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin) => ALLOWED_PERMISSIONS.includes(permission) && isPageUrl(origin),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.webRequest.onBeforeRequest((details, decide) =>
    decide({ cancel: !LOCAL_SCHEMES.includes(schemeOf(details.url)) && !isDevelopmentUrl(details.url) }),
  );
  defaultSession.on('will-download', (event) => event.preventDefault());
}

/** The development server also talks over a web socket. */
const isDevelopmentUrl = (url: string): boolean => isPageUrl(url.replace(/^ws/, 'http'));

function schemeOf(url: string): string {
  const end = url.indexOf(':');
  return url.slice(0, end + 1).toLowerCase();
}

/** What is known of who sent a message, in either of Electron's kinds of event. */
export type Sender = Pick<IpcMainInvokeEvent, 'senderFrame'>;

/**
 * Whether a message comes from the top frame of a window that shows our page.
 * @throws AppError `forbidden`.
 */
export function requireOwnSender({ senderFrame }: Sender): void {
  if (senderFrame && senderFrame.parent === null && isPageUrl(senderFrame.url)) return;
  throw new AppError('forbidden', 'The call does not come from Platter’s own window.');
}
