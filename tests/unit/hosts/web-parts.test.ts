import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { EventStreams } from '../../../src-main/hosts/web/event-stream';
import { browserCommand } from '../../../src-main/hosts/web/open-browser';
import { Session } from '../../../src-main/hosts/web/session';
import { describeUnfinished } from '../../../src-main/hosts/electron/quit-text';
import type { JobSnapshot } from '../../../src-shared/model/job';

describe('a session', () => {
  it('takes tokens again a minute after too many wrong ones', () => {
    let now = 0;
    const session = new Session(() => now);
    for (let guess = 0; guess < 10; guess += 1) expect(session.tryToken('wrong')).toBe('wrong');
    expect(session.tryToken(session.token)).toBe('too-many');
    now = 60_001;
    expect(session.tryToken(session.token)).toBe('accepted');
    expect(session.tryToken(session.token)).toBe('used');
  });

  it('knows its cookie among others, and takes nothing like it', () => {
    const session = new Session();
    session.bindTo(8080);
    const pair = session.cookie().split(';')[0] ?? '';
    const isSignedIn = (cookie?: string): boolean =>
      session.isSignedIn({ headers: { cookie } } as unknown as IncomingMessage);
    expect(isSignedIn(`a=b; ${pair}; c=d`)).toBe(true);
    for (const cookie of [
      undefined,
      '',
      pair.replace('8080', '8081'),
      `${pair}x`,
      pair.slice(0, -1),
      'platter-8080=',
    ])
      expect(isSignedIn(cookie), cookie).toBe(false);
  });

  it('takes the newest of its tokens alone, and tells the others from wrong ones', () => {
    const session = new Session();
    const first = session.token;
    expect(session.tryToken(first)).toBe('accepted');
    const second = session.renewToken();
    expect(second).toMatch(/^[\w-]{43}$/);
    const third = session.renewToken();
    for (let again = 0; again < 20; again += 1) expect(session.tryToken(first)).toBe('used');
    expect(session.tryToken(second)).toBe('used');
    expect(session.tryToken(third)).toBe('accepted');
    expect(session.tryToken(third)).toBe('used');
  });

  it('has a token that no other session has', () => {
    expect(new Session().token).toMatch(/^[\w-]{43}$/);
    expect(new Session().token).not.toBe(new Session().token);
  });
});

class FakeResponse extends EventEmitter {
  writableLength = 0;
  readonly written: string[] = [];
  destroyed = false;
  writeHead(): void {}
  write(text: string): boolean {
    this.written.push(text);
    return true;
  }
  end(): void {
    this.emit('close');
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('event streams', () => {
  let streams: EventStreams;
  afterEach(() => streams.close());
  const add = (after: number | null = null): [FakeResponse, boolean] => {
    const response = new FakeResponse();
    return [response, streams.add(response as unknown as ServerResponse, after)];
  };

  it('cut off a page that does not read, and go on for the others', () => {
    streams = new EventStreams();
    const [stuck] = add();
    const [good] = add();
    stuck.writableLength = 5 * 1024 * 1024;
    streams.emit('recents.changed', {});
    expect(stuck.destroyed).toBe(true);
    expect(good.written.at(-1)).toBe('event: recents.changed\nid: 1\ndata: {}\n\n');
    expect(streams.clientCount).toBe(1);
  });

  it('are bounded in number, and forget who went', () => {
    streams = new EventStreams();
    const open = Array.from({ length: 64 }, () => add()[0]);
    expect(add()[1]).toBe(false);
    open[0]?.destroy();
    expect(add()[1]).toBe(true);
  });

  it('give a page that was away what it missed, once and in order', () => {
    streams = new EventStreams();
    const [page] = add();
    expect(page.written.at(-1)).toBe('event: here\nid: 0\ndata: {}\n\n');
    streams.emit('recents.changed', {});
    page.destroy();
    streams.emit('command.run', { commandId: 'a' });
    streams.emit('command.run', { commandId: 'b' });
    const numbers = (response: FakeResponse): string[] =>
      [...response.written.join('').matchAll(/^id: (\d+)$/gm)].map(([, number = '']) => number);
    expect(numbers(add(1)[0])).toEqual(['1', '2', '3']);
    expect(numbers(add(3)[0])).toEqual(['3']);
    expect(numbers(add()[0])).toEqual(['3']);
    expect(add(1)[0].written.join('')).toContain('{"commandId":"a"}');
  });

  it('tell a page that missed too much, or that knows another server, to ask for everything', () => {
    streams = new EventStreams();
    for (let count = 0; count < 2_100; count += 1) streams.emit('recents.changed', {});
    for (const after of [5, 5_000, -1, 0.5, NaN])
      expect(add(after)[0].written.at(-1), String(after)).toBe(
        'event: events.missed\nid: 2100\ndata: {}\n\n',
      );
    expect(
      add(2_050)[0]
        .written.join('')
        .match(/^event: recents/gm),
    ).toHaveLength(50);
  });

  it('carry text with line breaks as one event', () => {
    streams = new EventStreams();
    const [page] = add();
    streams.emit('command.run', { commandId: 'a\n\nevent: evil\ndata: x' });
    expect(page.written.at(-1)?.split('\n')).toHaveLength(5);
  });
});

describe('showing the address', () => {
  it('starts a program of the system, without a shell', () => {
    const url = 'http://127.0.0.1:1/?token=a&b';
    expect(browserCommand(url, 'linux')).toEqual(['xdg-open', url]);
    expect(browserCommand(url, 'darwin')).toEqual(['open', url]);
    expect(browserCommand(url, 'win32')).toEqual(['rundll32.exe', 'url.dll,FileProtocolHandler', url]);
  });
});

describe('the question before quitting', () => {
  it('names the one job, or counts them', () => {
    const job = { verb: 'convert', source: '/d/a.vhd', target: 'C:\\d\\b.vhd' } as JobSnapshot;
    expect(describeUnfinished([job])).toBe('"convert" is still working on b.vhd.');
    expect(describeUnfinished([job, job])).toBe('2 jobs are still running.');
  });
});
