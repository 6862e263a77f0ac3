import { workerData } from 'node:worker_threads';
import { run } from './run';
import { threadIo } from './thread-io';

/** What a thread that runs a verb is given. */
export interface CliThreadData {
  /** The verb and its arguments. */
  readonly argv: readonly string[];
  /** Two Int32: `[0]` becomes 1 when the verb has ended, `[1]` is its exit code. */
  readonly ended: SharedArrayBuffer;
}

const { argv, ended } = workerData as CliThreadData;

function end(exitCode: number): void {
  const cells = new Int32Array(ended);
  if (Atomics.load(cells, 0) === 1) return;
  Atomics.store(cells, 1, exitCode);
  Atomics.store(cells, 0, 1);
  Atomics.notify(cells, 0);
}

// Whatever goes wrong, the main thread must not wait for ever.
process.once('exit', (exitCode) => end(exitCode === 0 ? 1 : exitCode));
void run(argv, threadIo()).then(end);
