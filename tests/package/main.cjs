'use strict';
// Entry of the packaged program where it is tested with Electron 22: a packaged program takes no `-r`.
require('../desktop/electron22-preamble.cjs');
require('../../out/main/index.cjs');
