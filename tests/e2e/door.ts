import { test as base, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../out/main/cli.cjs', import.meta.url));

export interface Door {
  /** With the token: works once. */
  readonly url: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The folder it may use. */
  readonly root: string;
  /** What the server wrote so far. */
  readonly log: () => string;
  readonly process: ChildProcess;
  /** Ends it as a power cut would; its folders stay until `close`. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the built browser door (`platter serve`) over a folder of its own, or over that of one that has ended; as
 * another account where a `uid` is given.
 */
export async function openDoor({ over, uid }: { over?: Door; uid?: number | undefined } = {}): Promise<Door> {
  const temp = over ? join(over.root, '..') : mkdtempSync(join(realpathSync(tmpdir()), 'platter-door-'));
  const root = join(temp, 'images');
  mkdirSync(root, { recursive: true });
  const env = { ...process.env, PLATTER_DATA_DIR: join(temp, 'data') };
  const args = [CLI, 'serve', '--no-open', '--port', '0', '--root', root];
  if (uid !== undefined) for (const folder of [temp, root]) chownSync(folder, uid, uid);
  const account = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...account });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`platter serve ended (exit ${code}): ${log}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      log += `${line}\n`;
      const found = /http:\/\/\S+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
    await ended;
    clearTimeout(timer);
    rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { url, origin: new URL(url).origin, root, log: () => log, process: child, kill, close };
}

/** What a page did that it must not do; empty is right. */
export interface Watched {
  readonly violations: string[];
  readonly foreignRequests: string[];
  readonly errors: string[];
}

/** Watches a page for broken rules of its policy, requests that leave the machine, and errors. */
export async function watchPage(page: Page, origin: string): Promise<Watched> {
  const watched: Watched = { violations: [], foreignRequests: [], errors: [] };
  await page.exposeFunction('tellViolation', (text: string) => watched.violations.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (globalThis as unknown as { tellViolation: (text: string) => void }).tellViolation(
        `${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`,
      );
    });
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:data|blob):/.test(url)) watched.foreignRequests.push(url);
  });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  return watched;
}

interface Fixtures {
  readonly door: Door;
  /** A page that is signed in and shows the workbench; checked for violations at the end. */
  readonly workbench: Page;
}

export const test = base.extend<Fixtures>({
  door: async ({}, use) => {
    const door = await openDoor();
    await use(door);
    await door.close();
  },
  workbench: async ({ page, door }, use) => {
    const watched = await watchPage(page, door.origin);
    await page.goto(door.url);
    await use(page);
    base.expect(watched).toEqual({ violations: [], foreignRequests: [], errors: [] });
  },
});

export { expect } from '@playwright/test';
