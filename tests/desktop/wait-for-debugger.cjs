'use strict';
// Test-only, loaded with `-r` before everything else: holds "ready" back until Playwright listens to every page there
// will be, and says so by `__playwright_run()`. Playwright brings its own such file only where it chooses the Electron
// itself. Without one about one start in a hundred hung: the window was there, but its page had come up just while
// Playwright attached, and the answer it waited for never came.
const { app } = require('electron');

const { emit, isReady, whenReady } = app;
let isAttached = false;
let heldArguments;
let release;
const attached = new Promise((resolve) => {
  release = resolve;
});

app.emit = (name, ...args) => {
  if (name !== 'ready' || isAttached) return emit.call(app, name, ...args);
  heldArguments = args;
  return true;
};
app.isReady = () => isAttached && isReady.call(app);
app.whenReady = () => attached.then(() => whenReady.call(app));

globalThis.__playwright_run = () => {
  isAttached = true;
  if (heldArguments !== undefined) emit.call(app, 'ready', ...heldArguments);
  release();
};
