// @ts-check
// One look at an image in a real Chromium against the built browser door: open, map, zoom and pan, inspect. What the
// main thread did comes from a trace; what the person waited for, from the page's own clock.

/**
 * @typedef {object} Visit
 * @property {number} openMs from the double click on the file to the first paint of its overview
 * @property {number} mapMs from the press on the map's tab to its first picture
 * @property {readonly number[]} frameMs what drawing took in each frame while zooming and panning
 * @property {Readonly<Record<string, number>>} longestMs longest task of the main thread in each phase
 */

const PHASES = /** @type {const} */ (['start', 'open', 'map', 'zoom and pan', 'inspect']);
/** A pause after which nothing of a phase is still going on. */
const SETTLE_MS = 700;
/** Between two key presses or turns of the wheel: time for a frame each. */
const STEP_MS = 40;

/**
 * @param {import('playwright').Browser} browser
 * @param {string} url with the token
 * @param {string} image name of a file in the door's root
 * @returns {Promise<Visit>}
 */
export async function visit(browser, url, image) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  try {
    await page.addInitScript(watchGestures);
    const trace = await startTrace(page);
    const tab = (/** @type {string} */ name) => page.locator('[role=tab]', { hasText: name });
    const mark = (/** @type {string} */ name) =>
      page.evaluate((phase) => void performance.mark(phase), `bench:${name}`);

    await page.goto(url);
    await page.locator('button', { hasText: 'Open an image' }).first().waitFor();
    await page.waitForTimeout(SETTLE_MS);
    await page.locator('button', { hasText: 'Open an image' }).first().click();
    const row = page.locator('[role=dialog]').getByText(image, { exact: true });
    await row.waitFor();
    await page.waitForTimeout(SETTLE_MS);

    await mark('open');
    const opened = page.evaluate(untilPainted, '[role=tabpanel] dl');
    await row.dblclick();
    const openMs = await opened;
    await page.waitForTimeout(SETTLE_MS);

    await mark('map');
    const drawn = page.evaluate(untilPainted, '[role=tabpanel] canvas:not([width="300"])[width]');
    await tab('Map').click();
    const mapMs = await drawn;
    await page.waitForTimeout(SETTLE_MS);

    await mark('zoom and pan');
    const canvas = page.locator('[role=tabpanel] canvas');
    await canvas.click({ position: { x: 200, y: 100 }, modifiers: ['Shift'] });
    const press = async (/** @type {string} */ key, /** @type {number} */ times) => {
      for (let turn = 0; turn < times; turn += 1) {
        await page.keyboard.press(key);
        await page.waitForTimeout(STEP_MS);
      }
    };
    await press('-', 4);
    for (const zoomed of [4, 4, 4]) {
      await press('+', zoomed);
      for (const by of [800, 800, -400]) {
        await page.mouse.wheel(0, by);
        await page.waitForTimeout(STEP_MS);
      }
    }
    await press('-', 12);
    await page.waitForTimeout(SETTLE_MS);

    await mark('inspect');
    await tab('Inspect').click();
    await page.locator('[role=tabpanel] nav').first().waitFor();
    await page.waitForTimeout(SETTLE_MS);
    return { openMs, mapMs, ...judge(await trace.stop()) };
  } finally {
    await context.close();
  }
}

/** Runs in the page as its first script: when it began, and when the last gesture was. */
function watchGestures() {
  // What the browser does to make a page is not the page's doing.
  performance.mark('bench:start');
  const clock = /** @type {{ benchGestureMs?: number }} */ (/** @type {unknown} */ (window));
  for (const name of ['pointerdown', 'dblclick'])
    document.addEventListener(name, () => (clock.benchGestureMs = performance.now()), true);
}

/** Runs in the page: milliseconds from the last gesture to the frame in which something is painted. @param {string} selector */
function untilPainted(selector) {
  const clock = /** @type {{ benchGestureMs?: number }} */ (/** @type {unknown} */ (window));
  const isThere = () => (document.querySelector(selector)?.getClientRects().length ?? 0) > 0;
  return /** @type {Promise<number>} */ (
    new Promise((resolve) => {
      const painted = () => {
        // The message is delivered once the frame has been handed over.
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now() - (clock.benchGestureMs ?? 0));
        channel.port2.postMessage(null);
      };
      const look = () => requestAnimationFrame(isThere() ? painted : look);
      look();
    })
  );
}

/** @typedef {{ name: string, ph: string, ts: number, dur?: number, pid: number, tid: number, args?: { data?: { url?: string } } }} TraceEvent */

/** @param {import('playwright').Page} page */
async function startTrace(page) {
  const session = await page.context().newCDPSession(page);
  /** @type {TraceEvent[]} */
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) =>
    events.push(.../** @type {TraceEvent[]} */ (/** @type {unknown} */ (value))),
  );
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'blink.user_timing', '__metadata'] },
  });
  return {
    /** @returns {Promise<TraceEvent[]>} */
    async stop() {
      const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
      await session.send('Tracing.end');
      await ended;
      return events;
    },
  };
}

/** @param {readonly TraceEvent[]} events @returns {Pick<Visit, 'frameMs' | 'longestMs'>} */
function judge(events) {
  const marks = events.filter(({ name, ts }) => name.startsWith('bench:') && ts > 0);
  const [first] = marks;
  if (!first) throw new Error('The trace holds no marks of the page.');
  const onMain = events.filter(({ ph, pid, tid }) => ph === 'X' && pid === first.pid && tid === first.tid);
  const beginsAt = (/** @type {string} */ phase) =>
    marks.find(({ name }) => name === `bench:${phase}`)?.ts ?? Infinity;
  /** @type {Record<string, number>} */
  const longestMs = {};
  for (const [index, phase] of PHASES.entries()) {
    const end = beginsAt(PHASES[index + 1] ?? '');
    longestMs[phase] = onMain
      .filter(({ name, ts }) => name.endsWith('RunTask') && ts >= beginsAt(phase) && ts < end)
      .reduce((most, { dur = 0 }) => Math.max(most, dur / 1000), 0);
  }
  // The one callback of the cells' own chunk that runs by itself is the one that draws.
  const frameMs = onMain
    .filter(({ name, args }) => name === 'FunctionCall' && args?.data?.url?.includes('/use-cell-canvas-'))
    .filter(({ ts }) => ts >= beginsAt('zoom and pan') && ts < beginsAt('inspect'))
    .map(({ dur = 0 }) => dur / 1000);
  if (frameMs.length === 0) throw new Error('The map drew no frame.');
  return { frameMs, longestMs };
}
