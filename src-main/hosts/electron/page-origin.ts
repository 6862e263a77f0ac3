import { app } from 'electron';

export const PAGE_SCHEME = 'app';
const PAGE_HOST = 'platter';
const PAGE_ORIGIN = `${PAGE_SCHEME}://${PAGE_HOST}`;

/** The development server's address; never honoured by the packaged program. */
function developmentUrl(): string | null {
  const url = process.env['PLATTER_RENDERER_URL'];
  return url !== undefined && url !== '' && !app.isPackaged ? url : null;
}

/** What the window loads. */
export const pageUrl = (): string => developmentUrl() ?? `${PAGE_ORIGIN}/`;

/** Whether an address is a page of ours. */
export function isPageUrl(url: string): boolean {
  const development = developmentUrl();
  if (development !== null && originOf(url) === originOf(development)) return true;
  // URL.origin is "null" for schemes of one's own, so the parts are compared.
  try {
    const { protocol, host } = new URL(url);
    return protocol === `${PAGE_SCHEME}:` && host === PAGE_HOST;
  } catch {
    return false;
  }
}

function originOf(url: string): string | null {
  try {
    return new URL(url).origin;
  } catch {
    return null;
  }
}
