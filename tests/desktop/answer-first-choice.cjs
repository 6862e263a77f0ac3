'use strict';
// Test-only, loaded with `-r`: a question that comes up at start is answered with its first choice, and kept.
const { dialog } = require('electron');

globalThis.asked = [];
dialog.showMessageBox = async (...args) => {
  globalThis.asked.push(args.at(-1));
  return { response: 0, checkboxChecked: false };
};
