'use strict';
// Preloaded into a measured process (`node -r`): writes the most memory it ever had, in KiB, to PLATTER_BENCH_MEMORY.
const fs = require('node:fs');
process.on('exit', () => {
  const file = process.env['PLATTER_BENCH_MEMORY'];
  if (file) fs.writeFileSync(file, String(process.resourceUsage().maxRSS));
});
