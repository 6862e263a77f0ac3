import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './launch';

test('the window keeps to every rule of its policy, and asks nobody for anything', async ({ launch }) => {
  const { app, page } = await launch();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.evaluate(() => {
    const seen: string[] = [];
    (globalThis as unknown as { seen: string[] }).seen = seen;
    document.addEventListener('securitypolicyviolation', (event) =>
      seen.push(`${event.effectiveDirective} ${event.blockedURI}`),
    );
  });
  for (const command of [
    'go.calculators',
    'go.settings',
    'go.history',
    'go.jobs',
    'make.create',
    'palette',
  ]) {
    await app.evaluate(({ BrowserWindow }, commandId) => {
      BrowserWindow.getAllWindows()[0]?.webContents.send('platter:event', 'command.run', { commandId });
    }, command);
    await page.waitForTimeout(150);
  }
  expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([]);
  expect(requests.filter((url) => !/^(app:\/\/platter\/|data:|blob:)/.test(url))).toEqual([]);
});

test('scripts, styles and text as code are refused', async ({ launch }) => {
  const { page } = await launch();
  const outcome = await page.evaluate(async () => {
    const attempt = (work: () => unknown): string => {
      try {
        return `ran ${String(work())}`;
      } catch (error) {
        return error instanceof Error ? error.name : 'refused';
      }
    };
    const script = document.createElement('script');
    return {
      // Playwright's own evaluation is let through by the policy; what a timer runs is not.
      eval: await new Promise((resolve) => setTimeout(() => resolve(attempt(() => (0, eval)('1 + 1'))))),
      html: attempt(() => (document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>')),
      text: attempt(() => (script.text = 'globalThis.injected = 1')),
    };
  });
  expect(outcome).toEqual({ eval: 'EvalError', html: 'TypeError', text: 'TypeError' });
});

test('the page has a sandboxed process, and no bridge but its own', async ({ launch }) => {
  const { app, page } = await launch();
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences: () => Record<string, unknown>;
    };
    const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag, nodeIntegrationInWorker } =
      contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag, nodeIntegrationInWorker };
  });
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true });
  for (const name of ['nodeIntegration', 'webviewTag', 'nodeIntegrationInWorker'] as const)
    expect(preferences[name] ?? false).toBe(false);
  expect(preferences.webSecurity ?? true).toBe(true);
  const bridge = await page.evaluate(async () => {
    const { platter } = globalThis as unknown as {
      platter: {
        invoke: (method: unknown, input: unknown) => Promise<unknown>;
        on: (name: unknown, listener: unknown) => unknown;
        openDropped: (files: unknown) => Promise<unknown>;
      };
    };
    const failed = async (work: () => unknown): Promise<boolean> => {
      try {
        await work();
        return false;
      } catch {
        return true;
      }
    };
    return {
      frozen: Object.isFrozen(platter),
      unknownMethod: await failed(() => platter.invoke('fs.readFile', '/etc/passwd')),
      prototype: await failed(() => platter.invoke('__proto__', {})),
      unknownEvent: await failed(() => platter.on('anything', () => undefined)),
      madeUpFile: await platter.openDropped([new File(['x'], '/etc/passwd')]).catch(() => 'refused'),
    };
  });
  expect(bridge).toEqual({
    frozen: true,
    unknownMethod: true,
    prototype: true,
    unknownEvent: true,
    madeUpFile: { ok: true, value: { files: [], folders: [] } },
  });
});

test('navigation, new windows, frames, downloads and permissions are denied', async ({ launch }) => {
  const server = createServer((_request, response) => response.end('<title>elsewhere</title>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let reached = 0;
  server.on('request', () => (reached += 1));
  const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const { app, page } = await launch();
    for (const url of [elsewhere, 'file:///etc/passwd', 'app://other/', 'data:text/html,hello']) {
      await page.evaluate((target) => {
        location.href = target;
      }, url);
      await page.waitForTimeout(200);
      expect(page.url()).toBe('app://platter/');
    }
    const opened = await page.evaluate((url) => window.open(url) === null, elsewhere);
    expect(opened).toBe(true);
    const refused = await page.evaluate(async (url) => {
      const attempt = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'allowed',
          () => 'refused',
        );
      return {
        fetch: await attempt(fetch(url, { mode: 'no-cors' })),
        file: await attempt(fetch('file:///etc/passwd')),
        geolocation: await attempt(
          new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject)),
        ),
        notifications: await Notification.requestPermission(),
        media: await attempt(navigator.mediaDevices.getUserMedia({ video: true })),
        read: await attempt(navigator.clipboard.readText()),
        midi: await navigator.permissions.query({ name: 'midi' }).then(({ state }) => state),
      };
    }, elsewhere);
    expect(refused).toEqual({
      fetch: 'refused',
      file: 'refused',
      geolocation: 'refused',
      notifications: 'denied',
      media: 'refused',
      read: 'refused',
      midi: 'denied',
    });
    // Even main's own session lets nothing out, whatever the page's policy says.
    const fromSession = await app.evaluate(async ({ BrowserWindow }, url) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return contents?.loadURL(url).then(
        () => 'loaded',
        () => 'cancelled',
      );
    }, elsewhere);
    expect(fromSession).toBe('cancelled');
    expect(reached).toBe(0);
    expect(app.windows()).toHaveLength(1);
  } finally {
    server.close();
  }
});

test('the scheme serves the listed files and nothing beside them', async ({ launch }) => {
  const { page } = await launch();
  const answers = await page.evaluate(async () => {
    const paths = [
      '/../main/index.cjs', '/..%2fmain/index.cjs', '/%2e%2e/package.json', '/assets/..%5c..%5cpackage.json',
      '/assets/../../package.json', '/package.json', '/assets',
    ]; // prettier-ignore
    return Promise.all(paths.map(async (path) => [path, (await fetch(path)).status] as const));
  });
  for (const [path, status] of answers) expect(status, path).toBe(404);
  const page1 = await page.evaluate(async () => {
    const response = await fetch('/');
    return { policy: response.headers.get('content-security-policy'), text: await response.text() };
  });
  const page2 = await page.evaluate(async () => (await fetch('/')).headers.get('content-security-policy'));
  expect(page1.policy).not.toContain('unsafe');
  expect(page1.policy).not.toBe(page2);
  expect(page1.text).not.toContain('__CSP_NONCE__');
});

test('a call from a frame inside the page is refused by main', async ({ launch }) => {
  const { app } = await launch();
  // No frame can be made under the policy, so the check itself is asked, with what a frame would send.
  const refused = await app.evaluate(async ({ ipcMain }) => {
    const handlers = (
      ipcMain as unknown as { _invokeHandlers: Map<string, (...args: unknown[]) => Promise<unknown>> }
    )._invokeHandlers;
    const handler = handlers.get('platter:call');
    const senders = [
      { parent: {}, url: 'app://platter/' },
      { parent: null, url: 'https://evil.example/' },
      { parent: null, url: 'app://platter.evil/' },
      { parent: null, url: 'about:blank' },
      null,
    ];
    // Electron 22 answers over the event, later ones by what the handler returns.
    return Promise.all(
      senders.map(async (senderFrame) => {
        let replied: unknown;
        const event = { senderFrame, _reply: (value: unknown) => (replied = value) };
        const returned = await handler?.(event, 'app.describe', {});
        return replied ?? returned;
      }),
    );
  });
  for (const answer of refused) expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
});
