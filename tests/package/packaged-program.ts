import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PageConnection } from './page-connection';

/** How long the program may take to show its page. */
const START_MS = 30_000;

export interface RunningProgram {
  page: PageConnection;
  address: string;
  stop: () => Promise<void>;
}

/** Starts a packaged program with a profile of its own and connects to its window's page. */
export async function startProgram(
  executable: string,
  args: readonly string[] = [],
): Promise<RunningProgram> {
  const profile = await mkdtemp(join(tmpdir(), 'platter-packaged-'));
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const switches = [...sandbox, '--disable-gpu', `--user-data-dir=${profile}`, '--remote-debugging-port=0'];
  const child = spawn(executable, [...switches, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await readDebuggingPort(child);
    const target = await findPage(port);
    const page = await PageConnection.open(target.webSocketDebuggerUrl);
    return {
      page,
      address: target.url,
      stop: async () => {
        page.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readDebuggingPort(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}; it said:\n${said.slice(-20).join('\n')}`));
    const timer = setTimeout(() => fail('the program named no debugging port'), START_MS);
    child.once('error', reject);
    child.once('close', (code) => fail(`the program ended (exit ${code})`));
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}

interface Target {
  type: string;
  url: string;
  webSocketDebuggerUrl: string;
}

async function findPage(port: number): Promise<Target> {
  const endsAt = Date.now() + START_MS;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const targets = (await response.json()) as Target[];
    const page = targets.find((target) => target.type === 'page' && target.url.startsWith('app://'));
    if (page !== undefined) return page;
    if (Date.now() > endsAt) throw new Error(`no app:// page among ${JSON.stringify(targets)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
