import { expect, test } from './launch';

test('shows the workbench from its own scheme, with nothing of Node in the page', async ({ launch }) => {
  const { page } = await launch();
  await expect(page.locator('#app')).not.toBeEmpty();
  expect(page.url()).toBe('app://platter/');
  const globals = await page.evaluate(() => ({
    require: typeof (globalThis as { require?: unknown }).require,
    process: typeof (globalThis as { process?: unknown }).process,
    module: typeof (globalThis as { module?: unknown }).module,
    bridge: Object.keys((globalThis as { platter?: object }).platter ?? {}).sort(),
  }));
  expect(globals).toEqual({
    require: 'undefined',
    process: 'undefined',
    module: 'undefined',
    bridge: ['dragOut', 'invoke', 'on', 'openDropped'],
  });
});
