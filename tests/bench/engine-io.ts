/**
 * Guest reads and writes through the engine, as a process of its own: `node engine-io.cjs '{"op":…}'`. Built and run by
 * run.mjs beside `qemu-img bench`, with the same offsets: each one `stepBytes` behind the last, wrapping at the end.
 */
import { performance } from 'node:perf_hooks';
import { openDisk, openForWritingDisk, type VirtualDisk, type WritableDisk } from '../../src-main/engine';

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

async function runReads(disk: VirtualDisk, task: Task): Promise<void> {
  await inFlight(task, async (offset, buffer) => disk.readAt(buffer, offset), disk.sizeBytes);
}

async function runWrites(disk: WritableDisk, task: Task): Promise<void> {
  await inFlight(task, async (offset, buffer) => disk.writeAt(buffer.fill(0x5a), offset), disk.sizeBytes);
  await disk.flush();
}

/** Keeps `depth` requests under way. */
async function inFlight(
  { count, bytes, stepBytes, depth, offset: first = 0 }: Task,
  request: (offset: number, buffer: Uint8Array) => Promise<void>,
  sizeBytes: number,
): Promise<void> {
  const places = Math.floor(sizeBytes / bytes) * bytes;
  let next = 0;
  await Promise.all(
    Array.from({ length: depth }, async () => {
      const buffer = new Uint8Array(bytes);
      while (next < count) {
        const offset = (first + next * stepBytes) % places;
        next += 1;
        await request(Math.min(offset, sizeBytes - bytes), buffer);
      }
    }),
  );
}

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '{}') as Task;
  let started = performance.now();
  let ms: number;
  // `qemu-img bench` counts neither opening nor closing
  if (task.op === 'write') {
    const opened = await openForWritingDisk(task.path);
    started = performance.now();
    await runWrites(opened.disk, task);
    ms = performance.now() - started;
    await opened.close();
  } else {
    const opened = await openDisk(task.path);
    if (task.op === 'read') {
      started = performance.now();
      await runReads(opened.disk, task);
    }
    ms = performance.now() - started;
    await opened.close();
  }
  process.stdout.write(JSON.stringify({ ms }));
}

void main();
