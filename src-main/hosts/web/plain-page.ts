import { COMMON_HEADERS } from '../../services/page/page-headers';

export interface PlainPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A page of plain words, for people whom the workbench cannot let in. */
export function plainPage(status: number, title: string, says: string): PlainPage {
  return {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${says}</p></html>\n`,
  };
}

/**
 * Loads the workbench again from a page of our own. A link in another site's page led here, and browsers then leave
 * the session cookie out (SameSite=Strict); with a request that we cause they send it.
 */
export function reloadPage(): PlainPage {
  const page = plainPage(200, 'Platter', 'Opening the workbench …');
  return { ...page, headers: { ...page.headers, refresh: '0; url=/' } };
}
