'use strict';
// Test-only: `webUtils` came with Electron 29. Runs in the sandbox, before the product's own preload;
// old Electron put the path on the File itself.
const electron = require('electron');

if (electron.webUtils === undefined) {
  Object.defineProperty(electron, 'webUtils', {
    enumerable: true,
    value: { getPathForFile: (file) => file.path ?? '' },
  });
}
