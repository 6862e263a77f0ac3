import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, openDoor, test } from './door';

/** A page of another site on this machine: another origin for the browser, the same address for the network. */
async function foreignSite(html: string): Promise<{ server: Server; url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test('the printed address opens the workbench, once, and leaves no token in the address bar', async ({
  workbench,
  door,
  browser,
}) => {
  await expect(workbench.locator('#app')).not.toBeEmpty();
  expect(workbench.url()).toBe(`${door.origin}/`);
  const cookies = await workbench.context().cookies();
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/' }]);
  expect(await workbench.evaluate(() => document.cookie)).toBe('');

  await workbench.reload();
  await expect(workbench.locator('#app')).not.toBeEmpty();

  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  const again = await page.goto(door.url);
  expect(again?.status()).toBe(403);
  await expect(page.getByRole('heading')).toHaveText('This address was used already');
  const without = await page.goto(`${door.origin}/`);
  expect(without?.status()).toBe(403);
  await stranger.close();
});

test('a link on another site’s page leads in, and the session holds', async ({ page, door }) => {
  const { server, url } = await foreignSite(`<a id="go" href="${door.url}">open</a>`);
  try {
    // localhost is another site than 127.0.0.1, so that the cookie is held back at first.
    await page.goto(url.replace('127.0.0.1', 'localhost'));
    await page.click('#go');
    await page.waitForURL(`${door.origin}/`);
    await expect(page.locator('#app')).not.toBeEmpty();
  } finally {
    server.close();
  }
});

test('a page from elsewhere can neither call, nor read, nor frame, nor listen', async ({
  workbench,
  door,
}) => {
  const { server, url } = await foreignSite('<!doctype html><title>elsewhere</title>');
  try {
    for (const site of [url, url.replace('127.0.0.1', 'localhost')]) {
      const page = await workbench.context().newPage();
      await page.goto(site);
      const results = await page.evaluate(async (target) => {
        const attempt = async (init: RequestInit): Promise<string> => {
          try {
            const response = await fetch(`${target}/api/app.describe`, {
              method: 'POST',
              body: '{}',
              ...init,
            });
            return `read ${response.status} ${response.type} ${await response.text()}`;
          } catch {
            return 'blocked';
          }
        };
        const frame = document.createElement('iframe');
        frame.src = `${target}/`;
        const framed = new Promise<string>((resolve) => {
          frame.onload = () => {
            try {
              resolve(`framed ${frame.contentDocument?.title ?? 'unreadable'}`);
            } catch {
              resolve('framed unreadable');
            }
          };
          setTimeout(() => resolve('framed unreadable'), 1500);
        });
        document.body.append(frame);
        const script = new Promise<string>((resolve) => {
          const element = document.createElement('script');
          element.src = `${target}/`;
          element.onload = () => resolve('script loaded');
          element.onerror = () => resolve('script refused');
          document.body.append(element);
        });
        const events = new Promise<string>((resolve) => {
          const stream = new EventSource(`${target}/api/events`, { withCredentials: true });
          stream.onopen = () => resolve('events open');
          stream.onerror = () => resolve('events refused');
        });
        return {
          json: await attempt({ credentials: 'include', headers: { 'content-type': 'application/json' } }),
          simple: await attempt({ credentials: 'include', headers: { 'content-type': 'text/plain' } }),
          opaque: await attempt({
            credentials: 'include',
            mode: 'no-cors',
            headers: { 'content-type': 'text/plain' },
          }),
          frame: await framed,
          script: await script,
          events: await events,
        };
      }, door.origin);
      expect(results).toEqual({
        json: 'blocked',
        simple: 'blocked',
        // The answer (a refusal) cannot even be received: Cross-Origin-Resource-Policy.
        opaque: 'blocked',
        frame: 'framed unreadable',
        script: 'script refused',
        events: 'events refused',
      });
      await page.close();
    }
  } finally {
    server.close();
  }
});

test('a form of another site cannot make a call', async ({ workbench, door }) => {
  const { server, url } = await foreignSite(
    `<form method="post" enctype="text/plain" action="${door.origin}/api/practice.create"><input name='{"defect":"overlap","x":"' value='"}'></form>`,
  );
  try {
    const page = await workbench.context().newPage();
    await page.goto(url);
    const [response] = await Promise.all([
      page.waitForResponse(`${door.origin}/api/practice.create`),
      page.evaluate(() => document.querySelector('form')?.submit()),
    ]);
    expect(response.status()).toBe(403);
  } finally {
    server.close();
  }
});

test('a name that is bound to this machine later (DNS rebinding) is refused', async ({
  playwright,
  door,
}) => {
  const browser = await playwright.chromium.launch({
    ...test.info().project.use.launchOptions,
    args: ['--host-resolver-rules=MAP rebound.example 127.0.0.1'],
  });
  try {
    const page = await browser.newPage();
    const { port } = new URL(door.origin);
    const response = await page.goto(`http://rebound.example:${port}/${new URL(door.url).search}`);
    expect(response?.status()).toBe(403);
    await expect(page.getByRole('heading')).toHaveText('Refused');
    expect(await page.context().cookies()).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('when the server is started anew the page says so, in words', async ({ page }) => {
  const first = await openDoor();
  const second = await openDoor();
  try {
    await page.goto(first.url);
    await expect(page.locator('#app')).not.toBeEmpty();
    await first.close();
    const says = await page.request
      .post(`${second.origin}/api/app.describe`, {
        headers: { origin: second.origin, 'content-type': 'application/json' },
        data: '{}',
      })
      .then(async (response) => [response.status(), await response.json()] as const);
    expect(says).toMatchObject([401, { ok: false, error: { code: 'forbidden' } }]);
    expect(JSON.stringify(says)).toContain('Open the address that it printed last');
  } finally {
    await second.close();
  }
});
