import { fitThreadPool } from '../engine';
import { processIo } from './process-io';
import { run } from './run';

fitThreadPool();
void run(process.argv.slice(2), processIo()).then((exitCode) => {
  // Ends at once: an open standard input or an idle worker must not keep a finished verb waiting.
  process.exit(exitCode);
});
