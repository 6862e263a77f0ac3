import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { serve, type RunningServer } from '../../../src-main/hosts/web/serve';

const PAGE = '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><title>Platter</title>';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface WebDoor {
  readonly server: RunningServer;
  readonly port: number;
  readonly root: string;
  readonly temp: string;
  ask(method: string, where: string, headers?: http.OutgoingHttpHeaders, body?: string): Promise<Answer>;
  /** The cookie that the token gives. */
  signIn(): Promise<string>;
  call(
    cookie: string,
    name: string,
    input: unknown,
  ): Promise<{ ok: boolean; value?: never; error?: { code: string } }>;
}

/** A browser door over `temp`, with a page of two files and a secret beside its root. */
export async function openWebDoor(temp: string): Promise<WebDoor> {
  const root = path.join(temp, 'root');
  const rendererFolder = path.join(temp, 'renderer');
  fs.mkdirSync(path.join(rendererFolder, 'assets'), { recursive: true });
  fs.mkdirSync(root);
  fs.writeFileSync(path.join(rendererFolder, 'index.html'), PAGE);
  fs.writeFileSync(path.join(rendererFolder, 'assets', 'index.js'), 'export {};');
  fs.writeFileSync(path.join(temp, 'secret.txt'), 'secret');
  const server = await serve({
    port: 0,
    roots: [root],
    open: false,
    rendererFolder,
    dataFolder: path.join(temp, 'data'),
    headersTimeoutMs: 300,
    requestTimeoutMs: 600,
  });
  const port = Number(new URL(server.url).port);
  const ask: WebDoor['ask'] = (method, where, headers = {}, body) =>
    new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port,
          method,
          path: where,
          headers,
          agent: false,
          setHost: headers['host'] === undefined,
        },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  const signIn = async (): Promise<string> => {
    const { search } = new URL(server.url);
    const { headers } = await ask('GET', `/${search}`);
    return (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
  };
  const call: WebDoor['call'] = async (cookie, name, input) => {
    const headers = { cookie, origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' };
    const { body } = await ask('POST', `/api/${name}`, headers, JSON.stringify(input));
    return JSON.parse(body) as Awaited<ReturnType<WebDoor['call']>>;
  };
  return { server, port, root, temp, ask, signIn, call };
}
