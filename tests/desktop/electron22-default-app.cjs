'use strict';
// Test-only. Electron's own releases carry a default app that makes `electron [-r FILE] PATH` load the
// program at PATH; the runtime that is taken out of a wheel (build/scripts/electron.mjs) comes without one.
const { app } = require('electron');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const preambles = [];
let program;
const words = process.argv.slice(1);
while (words.length > 0 && program === undefined) {
  const word = words.shift();
  if (word === '-r' || word === '--require') preambles.push(path.resolve(words.shift()));
  else if (word === '-v' || word === '--version') {
    console.log(`v${process.versions.electron}`);
    process.exit(0);
  } else if (!word.startsWith('-')) program = path.resolve(word);
}
if (program === undefined) {
  console.error('usage: electron [-r FILE] PATH');
  process.exit(2);
}

for (const preamble of preambles) require(preamble);

let entry = program;
if (fs.statSync(program).isDirectory()) {
  const manifest = JSON.parse(fs.readFileSync(path.join(program, 'package.json'), 'utf8'));
  app.setName(manifest.productName ?? manifest.name);
  app.setVersion(manifest.version);
  app.setAppPath(program);
  entry = path.join(program, manifest.main);
}
process.defaultApp = true;
// Loaded as the main module, so that `require.main` and `process.mainModule` are the program's.
Module._load(entry, null, true);
