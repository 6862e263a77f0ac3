'use strict';
// Test-only: what Electron 22 (Node 16) lacks and the product's Electron has. Loaded with `-r`, before the
// program. Everything is added only where it is missing. Worker threads do not see any of it: the engine
// runs on Node 16 as it is.
const { execFile, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { Readable } = require('node:stream');
const util = require('node:util');
const v8 = require('node:v8');
const { app, protocol } = require('electron');

function give(target, name, value) {
  if (target[name] !== undefined) return;
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

// --- Fetch-style messages, as protocol.handle gives and takes them -----------------------------------

class Headers {
  #values = new Map();

  constructor(init = []) {
    const pairs = typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init);
    for (const [name, value] of pairs) this.append(name, value);
  }

  append(name, value) {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  set(name, value) {
    this.#values.set(String(name).toLowerCase(), String(value));
  }

  get(name) {
    return this.#values.get(String(name).toLowerCase()) ?? null;
  }

  has(name) {
    return this.#values.has(String(name).toLowerCase());
  }

  delete(name) {
    this.#values.delete(String(name).toLowerCase());
  }

  forEach(visit) {
    for (const [name, value] of this.#values) visit(value, name, this);
  }

  entries() {
    return this.#values.entries();
  }

  [Symbol.iterator]() {
    return this.#values.entries();
  }
}

class Message {
  constructor(body, headers) {
    this.body = body ?? null;
    this.headers = new globalThis.Headers(headers);
  }

  async #read() {
    const { body } = this;
    if (body === null) return Buffer.alloc(0);
    if (typeof body === 'string' || body instanceof ArrayBuffer) return Buffer.from(body);
    if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const chunks = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }

  async arrayBuffer() {
    return Uint8Array.from(await this.#read()).buffer;
  }

  async text() {
    return (await this.#read()).toString('utf8');
  }

  async json() {
    return JSON.parse(await this.text());
  }
}

class Request extends Message {
  constructor(url, init = {}) {
    super(init.body, init.headers);
    this.url = String(url);
    this.method = init.method ?? 'GET';
  }
}

class Response extends Message {
  constructor(body, init = {}) {
    super(body, init.headers);
    this.status = init.status ?? 200;
    this.statusText = init.statusText ?? '';
    this.ok = this.status >= 200 && this.status < 300;
  }
}

give(globalThis, 'Headers', Headers);
give(globalThis, 'Request', Request);
give(globalThis, 'Response', Response);
give(globalThis, 'fetch', async () => {
  throw new TypeError('the test runtime has no network');
});
give(globalThis, 'structuredClone', (value) => v8.deserialize(v8.serialize(value)));
give(globalThis, 'crypto', require('node:crypto').webcrypto);

/** Electron 25's protocol.handle, over the stream protocol that 22 has. */
function handle(scheme, answer) {
  protocol.registerStreamProtocol(scheme, (request, reply) => {
    const parts = (request.uploadData ?? []).flatMap((part) => (part.bytes ? [part.bytes] : []));
    const body = parts.length > 0 ? Buffer.concat(parts) : null;
    const { method, headers } = request;
    Promise.resolve(new globalThis.Request(request.url, { method, headers, body }))
      .then(answer)
      .then(async (response) =>
        reply({
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          data: Readable.from([Buffer.from(await response.arrayBuffer())]),
        }),
      )
      .catch((error) => {
        console.error('protocol.handle:', error);
        reply({ error: -2 });
      });
  });
}
give(protocol, 'handle', handle);
give(protocol, 'unhandle', (scheme) => protocol.unregisterProtocol(scheme));

// --- fs.statfs came with Node 18.15; df (coreutils) reads the same system call -----------------------

const DF = ['--block-size=1', '--output=size,used,avail,itotal,iavail'];
const C_LOCALE = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } };

function parseDf(text, bigint) {
  const [size, used, avail, files, freeFiles] = text
    .trim()
    .split('\n')
    .at(-1)
    .trim()
    .split(/\s+/)
    .map(Number);
  const fields = {
    type: 0,
    bsize: 1,
    blocks: size,
    bfree: size - used,
    bavail: avail,
    files,
    ffree: freeFiles,
  };
  if (!bigint) return fields;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, BigInt(value)]));
}

function noSuchPlace(error, file) {
  const text = `ENOENT: no such file or directory, statfs '${file}'`;
  return Object.assign(new Error(text), {
    code: 'ENOENT',
    errno: -2,
    syscall: 'statfs',
    path: file,
    cause: error,
  });
}

async function statfs(file, options = {}) {
  try {
    const { stdout } = await util.promisify(execFile)('df', [...DF, '--', String(file)], C_LOCALE);
    return parseDf(stdout, options.bigint === true);
  } catch (error) {
    throw noSuchPlace(error, file);
  }
}
give(fs.promises, 'statfs', statfs);
give(fs, 'statfs', util.callbackify(statfs));
give(fs, 'statfsSync', (file, options = {}) => {
  try {
    return parseDf(execFileSync('df', [...DF, '--', String(file)], C_LOCALE), options.bigint === true);
  } catch (error) {
    throw noSuchPlace(error, file);
  }
});

// --- webUtils, in the renderer's sandbox ------------------------------------------------------------

app.on('session-created', (session) => {
  session.setPreloads([path.join(__dirname, 'electron22-preload.cjs')]);
});
