import * as os from 'node:os';

/** libuv's own number, and enough for any disk: reads are large, and few are under way at once. */
const THREADS_MAX = 4;
const THREADS_MIN = 2;

/**
 * As many threads for file calls as the machine has cores, 2 to 4. Where there are more threads than cores they take
 * turns with the one that hands out the work: on two cores, reading in sequence and copying took a tenth longer with
 * libuv's four. To be called before the first file is read or written asynchronously; later it has no effect, nor where
 * the person has set UV_THREADPOOL_SIZE, nor on Windows, whose libuv does not see it.
 */
export function fitThreadPool(): void {
  // COMPAT(Electron 22, Node 16): no availableParallelism
  const { availableParallelism } = os as { availableParallelism?: () => number };
  const cores = availableParallelism?.() ?? os.cpus().length;
  process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(THREADS_MIN, Math.min(THREADS_MAX, cores)));
}
