import { test as base, _electron, type ElectronApplication, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron, needsPreamble } from '../../build/scripts/electron.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PREAMBLE = fileURLToPath(new URL('electron22-preamble.cjs', import.meta.url));
const WAIT_FOR_DEBUGGER = fileURLToPath(new URL('wait-for-debugger.cjs', import.meta.url));

/** How long a program may take to show its window; then it is started anew, once. */
const START_MS = 20_000;

/** How long a program may take to quit by itself before it is killed. */
const CLOSE_MS = 8_000;

export interface LaunchOptions {
  /** What a person would write after the program's name: files, switches. */
  args?: readonly string[];
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string>>;
  /** The profile folder; by default a fresh one that is removed at the end. One that is given stays. */
  userDataDir?: string;
}

export interface LaunchedPlatter {
  app: ElectronApplication;
  /** The first window's page, loaded. */
  page: Page;
  userDataDir: string;
  /** Quits the program, by force where it does not go; may be called twice. */
  close: () => Promise<void>;
}

/** Why no desktop program can be started here, or undefined where it can. */
export function whyNoDesktop(): string | undefined {
  if (findElectron() === undefined) return 'no Electron runtime (node build/scripts/electron.mjs --fetch)';
  const hasDisplay = process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
  if (process.platform === 'linux' && !hasDisplay) return 'no display (npm run test:desktop starts its own)';
  return undefined;
}

/** The arguments that put the built program into this runtime, before the person's own. */
export function programArguments(userDataDir: string): string[] {
  const runtime = findElectron();
  const preamble = runtime !== undefined && needsPreamble(runtime) ? ['-r', PREAMBLE] : [];
  // Chromium refuses to be sandboxed as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [...preamble, ROOT, ...sandbox, '--disable-gpu', `--user-data-dir=${userDataDir}`];
}

/**
 * Starts the built program (out/main) in a real Electron, each time with a profile of its own: the
 * single-instance lock would make a second one quit. Skips the running test where there is no Electron.
 */
export async function launchPlatter(options: LaunchOptions = {}): Promise<LaunchedPlatter> {
  const reason = whyNoDesktop();
  base.skip(reason !== undefined, reason ?? '');
  const runtime = findElectron();
  if (runtime === undefined) throw new Error('unreachable: the test was skipped');

  const userDataDir = options.userDataDir ?? (await mkdtemp(join(tmpdir(), 'platter-profile-')));
  const removeProfile = async (): Promise<void> => {
    if (options.userDataDir === undefined)
      await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  const start = (): Promise<Pick<LaunchedPlatter, 'app' | 'page'>> =>
    startOnce({
      executablePath: runtime.executable,
      cwd: ROOT,
      args: ['-r', WAIT_FOR_DEBUGGER, ...programArguments(userDataDir), ...(options.args ?? [])],
      env: { ...definedEnvironment(), ...options.env },
      timeout: START_MS,
    });
  try {
    const { app, page } = await start().catch((error: unknown) => {
      // The known cause of a start that hangs is mended (wait-for-debugger.cjs): another one must not go unseen.
      console.warn(`Platter did not start and is started again: ${String(error).slice(0, 200)}`);
      return start();
    });
    return { app, page, userDataDir, close: closer(app, removeProfile) };
  } catch (error) {
    await removeProfile();
    throw error;
  }
}

async function startOnce(
  options: Parameters<typeof _electron.launch>[0],
): Promise<Pick<LaunchedPlatter, 'app' | 'page'>> {
  const app = await _electron.launch(options);
  try {
    const page = await app.firstWindow({ timeout: START_MS });
    await page.waitForLoadState('load', { timeout: START_MS });
    return { app, page };
  } catch (error) {
    app.process().kill('SIGKILL');
    throw error;
  }
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function closer(app: ElectronApplication, afterwards: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    // A quit guard may hold the program back; a test must not leave it behind.
    const timer = setTimeout(() => app.process().kill('SIGKILL'), CLOSE_MS);
    try {
      await app.close();
    } catch {
      app.process().kill('SIGKILL');
    } finally {
      clearTimeout(timer);
    }
    await afterwards();
  };
  return () => (closing ??= close());
}

interface Fixtures {
  /** A folder of the test's own; it goes when every program of `launch` has ended. */
  folder: string;
  /** launchPlatter, and everything it started is closed when the test ends, however it ends. */
  launch: (options?: LaunchOptions) => Promise<LaunchedPlatter>;
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'platter desktop ünï-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  },

  // Asks for the folder so that it is removed after the programs that have it as their profile.
  launch: async ({ folder: _ }, use) => {
    const running: LaunchedPlatter[] = [];
    await use(async (options) => {
      const started = await launchPlatter(options);
      running.push(started);
      return started;
    });
    await Promise.all(running.map((platter) => platter.close()));
  },
});

export { expect } from '@playwright/test';
