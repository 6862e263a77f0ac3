import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../../src-main/hosts/web/serve';
import { useTempFolders } from '../../support/temp';
import { openWebDoor, type Answer, type WebDoor } from './open-web-door';

const tempFolder = useTempFolders('all');

let door: WebDoor;
let cookie: string;
const origin = (): string => `http://127.0.0.1:${door.port}`;
const good = (): http.OutgoingHttpHeaders => ({
  cookie,
  origin: origin(),
  'content-type': 'application/json',
});

beforeAll(async () => {
  door = await openWebDoor(tempFolder('web-door'));
  cookie = await door.signIn();
});
afterAll(() => door.server.close());

describe('the token', () => {
  it('is exchanged once for a cookie that scripts and other sites do not get, and a clean address', async () => {
    const fresh = await openWebDoor(tempFolder('web-door'));
    try {
      const { search } = new URL(fresh.server.url);
      const first = await fresh.ask('GET', `/${search}`);
      expect(first.status).toBe(303);
      expect(first.headers.location).toBe('/');
      expect(first.headers['set-cookie']?.[0]).toMatch(
        /^platter-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
      );
      expect(first.headers['set-cookie']?.[0]).not.toContain(search.slice('?token='.length));
      const second = await fresh.ask('GET', `/${search}`);
      expect(second.status).toBe(403);
      expect(second.headers['set-cookie']).toBeUndefined();
      expect(second.body).toContain('used already');
      expect(second.body).toContain('press Enter in the terminal in which “platter serve” runs');
      const renewed = await fresh.ask('GET', `/${new URL(fresh.server.renewUrl()).search}`);
      expect(renewed.status).toBe(303);
      expect(renewed.headers['set-cookie']?.[0]).toMatch(/^platter-\d+=/);
    } finally {
      await fresh.server.close();
    }
  });

  it('is not used up by a look ahead', async () => {
    const fresh = await openWebDoor(tempFolder('web-door'));
    try {
      await fresh.ask('HEAD', `/${new URL(fresh.server.url).search}`);
      expect(await fresh.signIn()).not.toBe('');
    } finally {
      await fresh.server.close();
    }
  });

  it('guessed wrong is refused, and after ten guesses nothing is taken for a while', async () => {
    const fresh = await openWebDoor(tempFolder('web-door'));
    try {
      const statuses: number[] = [];
      for (let guess = 0; guess < 12; guess += 1)
        statuses.push((await fresh.ask('GET', `/?token=guess${guess}`)).status);
      expect(statuses).toEqual([...Array<number>(10).fill(403), 429, 429]);
      expect((await fresh.ask('GET', `/${new URL(fresh.server.url).search}`)).status).toBe(429);
    } finally {
      await fresh.server.close();
    }
  });

  it('or its cookie is needed for the page, its files, calls and events', async () => {
    for (const [method, where, headers] of [
      ['GET', '/', {}],
      ['GET', '/assets/index.js', {}],
      ['GET', '/api/events', {}],
      ['POST', '/api/app.describe', { origin: origin(), 'content-type': 'application/json' }],
      ['POST', '/api/app.describe', { ...good(), cookie: `${cookie}x` }],
      ['POST', '/api/app.describe', { ...good(), cookie: 'platter=1' }],
    ] as const) {
      const { status, body } = await door.ask(method, where, headers, method === 'POST' ? '{}' : undefined);
      expect([401, 403], where).toContain(status);
      expect(body).not.toContain('csp-nonce');
    }
  });
});

describe('where a request comes from', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', '', '[::2]'])(
    'the Host %j is refused, as after DNS rebinding',
    async (host) => {
      for (const [method, where] of [['GET', '/'], ['POST', '/api/app.describe']] as const) {
        const { status } = await door.ask(method, where, { ...good(), host, origin: `http://${host}` }, '{}');
        expect([400, 403]).toContain(status);
      }
    },
  ); // prettier-ignore

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1'])(
    'the Origin %s is refused',
    async (foreign) => {
      const { status } = await door.ask('POST', '/api/app.describe', { ...good(), origin: foreign }, '{}');
      expect(status).toBe(403);
    },
  );

  it('a call without an Origin is refused, as no browser sends one', async () => {
    const { origin: _, ...without } = good();
    expect((await door.ask('POST', '/api/app.describe', without, '{}')).status).toBe(403);
  });

  it.each(['cross-site', 'same-site'])('what the browser calls %s is refused', async (site) => {
    const from = { ...good(), 'sec-fetch-site': site, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    expect((await door.ask('POST', '/api/app.describe', from, '{}')).status).toBe(403);
    expect((await door.ask('GET', '/api/events', from)).status).toBe(403);
    expect((await door.ask('GET', '/assets/index.js', from)).status).toBe(403);
    const framed = {
      cookie,
      'sec-fetch-site': site,
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    };
    expect((await door.ask('GET', '/', framed)).status).toBe(403);
  });

  it('a link elsewhere leads in by one more step of our own, where the cookie is sent', async () => {
    const linked = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const { status, headers, body } = await door.ask('GET', '/', linked);
    expect(status).toBe(200);
    expect(headers['refresh']).toBe('0; url=/');
    expect(body).not.toContain('csp-nonce');
  });

  it('a tunnelled port is fine as long as Host and Origin agree', async () => {
    const tunnelled = { ...good(), host: 'localhost:9999', origin: 'http://localhost:9999' };
    expect((await door.ask('POST', '/api/app.describe', tunnelled, '{}')).status).toBe(200);
  });

  it('listens on the loopback address only', async () => {
    const { server } = door;
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
  });
});

describe('calls', () => {
  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('are not made with %s', async (method) => {
    const { status, headers } = await door.ask(method, '/api/app.describe', good());
    expect(status).toBe(405);
    expect(headers.allow).toBe('POST');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'of the type %j, which a form of another site could send, are refused',
    async (type) => {
      const { status } = await door.ask(
        'POST',
        '/api/app.describe',
        { ...good(), 'content-type': type },
        '{}',
      );
      expect(status).toBe(415);
    },
  );

  it('that are too long are refused, announced or not', async () => {
    const long = JSON.stringify({ fileId: 'a'.repeat(1024 * 1024) });
    const announced = await door.ask('POST', '/api/image.info', good(), long).catch(() => ({ status: 413 }));
    expect(announced.status).toBe(413);
    const chunked = await door
      .ask('POST', '/api/image.info', { ...good(), 'transfer-encoding': 'chunked' }, long)
      .catch(() => ({ status: 413 }));
    expect(chunked.status).toBe(413);
  });

  it('that are no JSON, or of no method, answer with an error as data', async () => {
    const broken = await door.ask('POST', '/api/app.describe', good(), '{');
    expect([broken.status, JSON.parse(broken.body)]).toMatchObject([
      400,
      { ok: false, error: { code: 'bad-request' } },
    ]);
    expect(await door.call(cookie, '__proto__', {})).toMatchObject({
      ok: false,
      error: { code: 'bad-request' },
    });
  });
});

describe('clients that dawdle', () => {
  const dawdle = (firstBytes: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const startedAt = Date.now();
      const socket = net.connect(door.port, '127.0.0.1', () => socket.write(firstBytes));
      socket.on('close', () => resolve(Date.now() - startedAt));
      socket.on('error', reject);
      socket.resume();
    });

  it('are hung up on, in the headers and in the body', async () => {
    await dawdle('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n');
    const head = `POST /api/app.describe HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nOrigin: ${origin()}\r\nCookie: ${cookie}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`;
    await dawdle(head);
  });

  it('do not keep fifty others from being answered', async () => {
    const slow = Array.from({ length: 30 }, () => dawdle('GET / HTTP/1.1\r\n'));
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => door.call(cookie, 'app.describe', {})),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    await Promise.all(slow);
  });

  it('rubbish is hung up on', async () => {
    await dawdle('\u0016\u0003\u0001 hello\r\n\r\n');
    expect((await door.call(cookie, 'app.describe', {})).ok).toBe(true);
  });
});

describe('the page', () => {
  it('comes with a strict policy and a fresh nonce each time', async () => {
    const [a, b] = [await door.ask('GET', '/', { cookie }), await door.ask('GET', '/', { cookie })];
    const nonceOf = (answer: Answer): string => /nonce="([^"]+)"/.exec(answer.body)?.[1] ?? '';
    expect(nonceOf(a)).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(nonceOf(a)).not.toBe(nonceOf(b));
    const policy = String(a.headers['content-security-policy']);
    expect(policy).toContain(`'nonce-${nonceOf(a)}'`);
    expect(policy).not.toContain('unsafe');
    expect(policy).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(a.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });

  it.each([
    '/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/assets/..%5c..%5csecret.txt',
    '//secret.txt', 'http://127.0.0.1/', '/assets', '/assets/', '/assets/index.js%00', '/__proto__',
  ])('%s leads nowhere', async (where) => {
    const { status, body } = await door.ask('GET', where, { cookie });
    expect(body).not.toContain('secret');
    expect([404, 400]).toContain(status);
  }); // prettier-ignore
});

describe('the end of the server', () => {
  it('closes open streams and frees the port', async () => {
    const fresh = await openWebDoor(tempFolder('web-door'));
    const its = await fresh.signIn();
    const ended = new Promise((resolve) => {
      http.get(
        { host: '127.0.0.1', port: fresh.port, path: '/api/events', headers: { cookie: its } },
        (response) => {
          response.on('close', resolve);
          response.resume();
        },
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await fresh.server.close();
    await ended;
    await expect(fresh.ask('GET', '/')).rejects.toThrow();
  });

  it('comes with a signal, too', async () => {
    const abort = new AbortController();
    const temp = tempFolder('signal');
    const server = await serve({
      port: 0,
      roots: [temp],
      open: false,
      dataFolder: temp,
      signal: abort.signal,
    });
    abort.abort();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('says why where it cannot begin', async () => {
    const temp = tempFolder('taken');
    await expect(
      serve({ port: door.port, roots: [temp], open: false, dataFolder: temp }),
    ).rejects.toMatchObject({
      code: 'bad-value',
    });
    const missing = path.join(temp, 'missing');
    await expect(serve({ port: 0, roots: [missing], open: false, dataFolder: temp })).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });
});
