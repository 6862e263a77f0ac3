import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { COMMON_HEADERS, contentSecurityPolicy, newNonce, withNonce } from './page-headers';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * The built page. Its files are listed once; what is asked for is looked up in that list and never joined to a path,
 * so that no request can name a file outside of it.
 */
export class PageFiles {
  readonly #folder: string;
  #listed: { readonly stamp: number; readonly byUrlPath: ReadonlyMap<string, string> } | null = null;

  /** @param folder what `vite build` made. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The file of a URL path such as `/` or `/assets/index.js`; null where there is none.
   * @throws AppError `internal` where the page was not built.
   */
  async get(urlPath: string): Promise<PageFile | null> {
    const byUrlPath = await this.#list();
    const file = byUrlPath.get(urlPath === '/' ? '/index.html' : urlPath);
    if (file === undefined) return null;
    const body = await fs.readFile(file).catch(() => null);
    if (!body) return null;
    const extension = path.extname(file).toLowerCase();
    const headers = {
      ...COMMON_HEADERS,
      'content-type': CONTENT_TYPES[extension] ?? 'application/octet-stream',
    };
    if (extension !== '.html') return { headers, body };
    const nonce = newNonce();
    return {
      headers: { ...headers, 'content-security-policy': contentSecurityPolicy(nonce) },
      body: Buffer.from(withNonce(body.toString('utf8'), nonce)),
    };
  }

  /** Listed again when index.html was built anew (development). */
  async #list(): Promise<ReadonlyMap<string, string>> {
    const index = await fs.stat(path.join(this.#folder, 'index.html')).catch(() => null);
    if (!index) throw new AppError('internal', `There is no page in "${this.#folder}"; was it built?`);
    if (this.#listed?.stamp !== index.mtimeMs) {
      this.#listed = { stamp: index.mtimeMs, byUrlPath: await listFiles(this.#folder) };
    }
    return this.#listed.byUrlPath;
  }
}

async function listFiles(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const walk = async (current: string, prefix: string): Promise<void> => {
    for (const entry of await fs.readdir(current, { withFileTypes: true })) {
      const full = path.join(current, entry.name);
      if (entry.isDirectory()) await walk(full, `${prefix}${entry.name}/`);
      else if (entry.isFile()) found.set(prefix + entry.name, full);
    }
  };
  await walk(folder, '/');
  return found;
}
