import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeWireFrame, WIRE_FRAME_TYPE } from '../../../src-shared/ipc/wire-frame';
import { useTempFolders } from '../../support/temp';
import { openWebDoor, type WebDoor } from './open-web-door';

const tempFolder = useTempFolders('all');
let door: WebDoor;
let cookie: string;

beforeAll(async () => {
  door = await openWebDoor(tempFolder('web-door'));
  cookie = await door.signIn();
});
afterAll(() => door.server.close());

describe('files', () => {
  it('outside the roots are out of reach, by links too', async () => {
    fs.symlinkSync(path.join(door.temp, 'secret.txt'), path.join(door.root, 'leaves.vhd'));
    fs.symlinkSync(door.temp, path.join(door.root, 'leaves'));
    fs.writeFileSync(path.join(door.root, 'inside.vhd'), 'x');
    fs.symlinkSync(path.join(door.root, 'inside.vhd'), path.join(door.root, 'stays.vhd'));
    const listing = (await door.call(cookie, 'files.browse', { folderId: null })).value as unknown as {
      parentId: string | null;
      entries: { name: string }[];
    };
    expect(listing.parentId).toBeNull();
    expect(listing.entries.map(({ name }) => name).sort()).toEqual(['inside.vhd', 'stays.vhd']);
  });

  it('that turn into links out of the roots after they were chosen are refused', async () => {
    const file = path.join(door.root, 'turns.vhd');
    fs.writeFileSync(file, 'x'.repeat(600));
    const { entries } = (await door.call(cookie, 'files.browse', { folderId: null })).value as unknown as {
      entries: { name: string; id: string }[];
    };
    const fileId = entries.find(({ name }) => name === 'turns.vhd')?.id;
    fs.rmSync(file);
    fs.symlinkSync(path.join(door.temp, 'secret.txt'), file);
    for (const [name, input] of [
      ['image.info', { fileId }],
      ['image.bytes', { fileId, offset: 0, length: 10 }],
      ['repair.plan', { fileId }],
    ] as const) {
      expect(await door.call(cookie, name, input)).toMatchObject({
        ok: false,
        error: { code: 'outside-roots' },
      });
    }
  });

  it('cannot be written through a link that leaves the roots', async () => {
    const { entries } = (await door.call(cookie, 'files.browse', { folderId: null })).value as unknown as {
      entries: { name: string; id: string }[];
    };
    expect(entries.some(({ name }) => name === 'leaves')).toBe(false);
    const folder = (await door.call(cookie, 'files.defaultFolder', {})).value as unknown as { id: string };
    fs.symlinkSync(path.join(door.temp, 'new.txt'), path.join(door.root, 'dangling.txt'));
    const target = { folderId: folder.id, name: 'dangling.txt' };
    expect(await door.call(cookie, 'files.saveText', { target, text: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'outside-roots' },
    });
    expect(fs.existsSync(path.join(door.temp, 'new.txt'))).toBe(false);
  });

  it('come as they are to a page that takes frames, as base64 to one that does not', async () => {
    fs.writeFileSync(path.join(door.root, 'bytes.vhd'), Buffer.from([0, 255, 128, 10]));
    const { entries } = (await door.call(cookie, 'files.browse', { folderId: null })).value as unknown as {
      entries: { name: string; id: string }[];
    };
    const input = { fileId: entries.find(({ name }) => name === 'bytes.vhd')?.id, offset: 0, length: 10 };
    const origin = `http://127.0.0.1:${door.port}`;
    const ask = (accept: string): Promise<Response> =>
      fetch(`${origin}/api/image.bytes`, {
        method: 'POST',
        headers: { cookie, origin, 'content-type': 'application/json', accept },
        body: JSON.stringify(input),
      });
    const framed = await ask(`application/json, ${WIRE_FRAME_TYPE}`);
    expect(framed.headers.get('content-type')).toBe(WIRE_FRAME_TYPE);
    const answer = decodeWireFrame(await framed.arrayBuffer(), new TextDecoder());
    expect(answer).toMatchObject({ ok: true, value: { bytes: Uint8Array.of(0, 255, 128, 10) } });
    const plain = await ask('*/*');
    expect(plain.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await plain.json()).toMatchObject({ ok: true, value: { bytes: { $bytes: 'AP+ACg==' } } });
  });

  it('the system’s dialogs are not to be had', async () => {
    expect(await door.call(cookie, 'files.openDialog', { purpose: 'image' })).toMatchObject({
      ok: false,
      error: { code: 'unsupported' },
    });
  });
});

describe('events', () => {
  it('reach every page, and a page that goes is forgotten', async () => {
    const listen = (): Promise<{ next: Promise<string>; stop: () => void }> =>
      new Promise((resolve, reject) => {
        const request = http.get(
          { host: '127.0.0.1', port: door.port, path: '/api/events', headers: { cookie }, agent: false },
          (response) => {
            const next = new Promise<string>((got) => {
              let text = '';
              response.on('data', (chunk: Buffer) => {
                text += chunk.toString();
                if (text.includes('theme')) got(text);
              });
            });
            response.on('error', () => undefined);
            resolve({ next, stop: () => request.destroy() });
          },
        );
        request.on('error', reject);
      });
    const pages = await Promise.all(Array.from({ length: 10 }, listen));
    await door.call(cookie, 'settings.set', { theme: 'dark' });
    for (const { next, stop } of pages) {
      expect(await next).toMatch(/event: settings\.changed\nid: \d+\ndata: \{"version":\d+,"theme":"dark"/);
      stop();
    }
  });
});
