import { protocol } from 'electron';
import path from 'node:path';
import { COMMON_HEADERS } from '../../services/page/page-headers';
import { PageFiles } from '../../services/page/page-files';
import { isPageUrl, PAGE_SCHEME } from './page-origin';

/** Must run before the program is ready: a standard, secure scheme has an origin, storage and fetch of its own. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Serves the built page under `app://platter/`, from its list of files and nothing else. */
export function servePage(): void {
  const files = new PageFiles(path.join(__dirname, '..', 'renderer'));
  protocol.handle(PAGE_SCHEME, async (request) => {
    if (!isPageUrl(request.url) || request.method !== 'GET') return answer(403, 'Refused');
    const file = await files.get(new URL(request.url).pathname);
    if (!file) return answer(404, 'Not found');
    return new Response(new Uint8Array(file.body), { status: 200, headers: { ...file.headers } });
  });
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...COMMON_HEADERS, 'content-type': 'text/plain' } });
}
