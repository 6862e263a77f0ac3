/**
 * Guest reads and writes through the engine, as a process of its own: `node engine-io.cjs '{"op":…}'`. Built and run by
 * run.mjs beside `qemu-img bench`, with the same offsets: each one `stepBytes` behind the last, wrapping at the end.
 */
import { performance } from 'node:perf_hooks';
import { fitThreadPool, openDisk, openForWritingDisk } from '../../src-main/engine';

interface Task {
  readonly op: 'read' | 'write' | 'open';
  readonly path: string;
  readonly count: number;
  readonly bytes: number;
  readonly stepBytes: number;
  readonly depth: number;
  /** Guest byte of the first request; 0 unless given. */
  readonly offset?: number;
}

/** Buffers filled before the clock starts, as `qemu-img bench` does it. */
const makeBuffers = ({ depth, bytes }: Task): Uint8Array[] =>
  Array.from({ length: depth }, () => new Uint8Array(bytes).fill(0x5a));

/** Keeps as many requests under way as there are buffers. */
async function inFlight(
  { count, bytes, stepBytes, offset: first = 0 }: Task,
  buffers: readonly Uint8Array[],
  request: (offset: number, buffer: Uint8Array) => Promise<void>,
  sizeBytes: number,
): Promise<void> {
  const places = Math.floor(sizeBytes / bytes) * bytes;
  let next = 0;
  await Promise.all(
    buffers.map(async (buffer) => {
      while (next < count) {
        const offset = (first + next * stepBytes) % places;
        next += 1;
        await request(Math.min(offset, sizeBytes - bytes), buffer);
      }
    }),
  );
}

/** Milliseconds that the requests took: `qemu-img bench` counts neither opening nor closing. */
async function measure(task: Task): Promise<number> {
  const buffers = makeBuffers(task);
  if (task.op === 'write') {
    const { disk, close } = await openForWritingDisk(task.path);
    const started = performance.now();
    await inFlight(task, buffers, (offset, buffer) => disk.writeAt(buffer, offset), disk.sizeBytes);
    await disk.flush();
    const ms = performance.now() - started;
    await close();
    return ms;
  }
  const opening = performance.now();
  const { disk, close } = await openDisk(task.path);
  const started = performance.now();
  if (task.op === 'read')
    await inFlight(task, buffers, (offset, buffer) => disk.readAt(buffer, offset), disk.sizeBytes);
  const ms = performance.now() - (task.op === 'open' ? opening : started);
  await close();
  return ms;
}

fitThreadPool();
void measure(JSON.parse(process.argv[2] ?? '{}') as Task).then((ms) =>
  process.stdout.write(JSON.stringify({ ms })),
);
