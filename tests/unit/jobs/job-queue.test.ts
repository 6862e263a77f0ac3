import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { JobQueue, lookAtFiles, type JobRequest } from '../../../src-main/jobs';
import { lockKeys } from '../../../src-main/jobs/path-locks';
import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../../src-shared/model/job';
import { useBundledWorker } from '../../support/bundle-engine';
import { useTestFolder } from '../../support/temp';

const MIB = 1024 * 1024;
const bundledWorker = useBundledWorker();
let workerPath = '';
beforeAll(() => {
  workerPath = bundledWorker();
});
const at = useTestFolder('jobs');

function createRequest(name: string, sizeBytes: number, reads: readonly string[] = []): JobRequest<'create'> {
  return {
    verb: 'create',
    input: { path: at(name), type: 'fixed', sizeBytes, allocate: 'full' },
    source: '',
    target: name,
    command: `platter create ${name}`,
    reads,
    writes: [at(name)],
  };
}

/** A worker that does as told by its file's text instead of running verbs. */
function fakeWorker(code: string): string {
  const file = at('fake-worker.cjs');
  writeFileSync(file, `const { parentPort, workerData } = require('node:worker_threads');\n${code}`);
  return file;
}

const untilState = (queue: JobQueue, id: string, state: string): Promise<void> =>
  vi.waitFor(() => expect(queue.get(id).state).toBe(state), { timeout: 20_000, interval: 5 });

describe('JobQueue with the real worker', () => {
  it('runs a verb in a thread and keeps its result, times and what it made', async () => {
    const seen: JobSnapshot[] = [];
    const queue = new JobQueue({ workerPath, onChange: (snapshot) => seen.push(snapshot) });
    const { id } = queue.add({ ...createRequest('a.vhd', 24 * MIB), registerProduced: () => ['file-1'] });
    const done = await queue.waitFor(id);
    expect(done).toMatchObject({
      state: 'succeeded',
      error: null,
      produced: ['file-1'],
      result: {
        path: at('a.vhd'),
        virtualSizeBytes: 24 * MIB,
        fileSizeBytes: 24 * MIB + 512,
        verified: true,
      },
      progress: { doneBytes: 24 * MIB, totalBytes: 24 * MIB },
    });
    expect(Date.parse(done.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(done.startedAt ?? ''));
    expect(readFileSync(at('a.vhd')).length).toBe(24 * MIB + 512);
    expect(seen[0]?.state).toBe('queued');
    expect(seen.filter(({ state }) => TERMINAL_JOB_STATES.includes(state))).toHaveLength(1);
  });

  it('carries an error of the verb across with its code and words', async () => {
    const queue = new JobQueue({ workerPath });
    writeFileSync(at('a.vhd'), 'precious');
    const { state, error } = await queue.waitFor(queue.add(createRequest('a.vhd', MIB)).id);
    expect(state).toBe('failed');
    expect(error).toMatchObject({ code: 'target-exists' });
    expect(readFileSync(at('a.vhd'), 'utf8')).toBe('precious');
  });

  it('cancels a running job without leaving anything', async () => {
    const queue = new JobQueue({
      workerPath,
      onChange: ({ id, progress }) => {
        if ((progress?.doneBytes ?? 0) > 0) queue.cancel(id);
      },
    });
    const { id } = queue.add(createRequest('a.vhd', 1024 * MIB));
    expect(await queue.waitFor(id)).toMatchObject({ state: 'cancelled', error: null, result: null });
    expect(readdirSync(at())).toEqual([]);
  });

  it('makes no headway while paused, then goes on to the end', async () => {
    let paused = false;
    const queue = new JobQueue({
      workerPath,
      onChange: ({ id, state }) => {
        // At once: on a busy machine the first progress may arrive when the worker is done.
        if (paused || state !== 'running') return;
        paused = true;
        queue.pause(id);
      },
    });
    const { id } = queue.add(createRequest('a.vhd', 256 * MIB));
    await untilState(queue, id, 'paused');
    // The chunk in hand is finished first, however long that takes on a busy machine.
    let before = -1;
    for (let now = 0; now !== before; now = queue.get(id).progress?.doneBytes ?? 0) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(queue.get(id)).toMatchObject({ state: 'paused', bytesPerSecond: null });
    expect(before).toBeLessThan(256 * MIB);
    queue.resume(id);
    expect((await queue.waitFor(id)).state).toBe('succeeded');
  });

  it('refuses what a person reviewed when its turn comes, where the file changed while it waited', async () => {
    const queue = new JobQueue({
      workerPath,
      maxRunning: 1,
    });
    writeFileSync(at('changed.bin'), 'looked at');
    writeFileSync(at('same.bin'), 'looked at');
    const first = queue.add(createRequest('a.vhd', 64 * MIB));
    queue.pause(first.id);
    const [changed, same] = await Promise.all(
      ['changed.bin', 'same.bin'].map(async (name) => {
        const reviewed = await lookAtFiles([at(name)]);
        return queue.add({ ...createRequest(`${name}.vhd`, MIB), reviewed }).id;
      }),
    );
    expect(queue.get(changed ?? '').state).toBe('queued');
    writeFileSync(at('changed.bin'), 'another one');
    queue.cancel(first.id);
    expect(await queue.waitFor(changed ?? '')).toMatchObject({
      state: 'failed',
      error: { code: 'file-changed', message: expect.stringContaining('changed.bin') as string },
    });
    expect((await queue.waitFor(same ?? '')).state).toBe('succeeded');
    expect(existsSync(at('changed.bin.vhd'))).toBe(false);
  });

  it('cancels a paused job', async () => {
    const queue = new JobQueue({
      workerPath,
      onChange: ({ id, state }) => {
        if (state === 'running') queue.pause(id);
      },
    });
    const { id } = queue.add(createRequest('a.vhd', 512 * MIB));
    await untilState(queue, id, 'paused');
    queue.cancel(id);
    expect((await queue.waitFor(id)).state).toBe('cancelled');
    expect(readdirSync(at())).toEqual([]);
  });
});

describe('JobQueue', () => {
  const HANG = `parentPort.on('message', ({ kind, seq }) => {
    if (kind === 'start') parentPort.postMessage({ kind: 'progress', seq, progress: { phase: 'x', doneBytes: 1, totalBytes: 2 } });
    if (kind === 'cancel') parentPort.postMessage({ kind: 'error', seq, error: { code: 'cancelled', message: 'x', hint: '', data: {} } });
  });`;

  it.each<[string, string | null, RegExp]>([
    ['exits', 'process.exit(3)', /code 3/],
    ['throws', "throw new Error('out of luck')", /out of luck/],
    [
      'runs out of memory',
      'const held = []; for (;;) held.push(new Array(1e6).fill(held.length))',
      /memory/i,
    ],
    ['is not there', null, /./],
  ])('fails a job whose worker %s, and nothing else', async (_, code, reason) => {
    const queue = new JobQueue({ workerPath: code === null ? at('absent.cjs') : fakeWorker(code) });
    const first = await queue.waitFor(queue.add(createRequest('a.vhd', MIB)).id);
    expect(first.state).toBe('failed');
    expect(first.error).toMatchObject({ code: 'worker-crashed' });
    expect(first.error?.message).toMatch(reason);
    const second = await queue.waitFor(queue.add(createRequest('b.vhd', MIB)).id);
    expect(second.state).toBe('failed');
  });

  it('runs jobs that want one file one after the other, and others at once', async () => {
    const queue = new JobQueue({ workerPath: fakeWorker(HANG), maxRunning: 3 });
    const [a, b, c] = [
      queue.add(createRequest('same.vhd', MIB)),
      queue.add(createRequest('same.vhd', MIB)),
      queue.add(createRequest('other.vhd', MIB)),
    ];
    expect([a, b, c].map(({ id }) => queue.get(id).state)).toEqual(['running', 'queued', 'running']);
    queue.cancel(a.id);
    await queue.waitFor(a.id);
    expect(queue.get(b.id).state).toBe('running');
    await queue.close();
    expect(queue.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  it('lets no later job overtake one that waits for the same file', async () => {
    const queue = new JobQueue({ workerPath: fakeWorker(HANG), maxRunning: 3 });
    const reader = queue.add(createRequest('out1', MIB, [at('base')]));
    const writer = queue.add(createRequest('base', MIB));
    const later = queue.add(createRequest('out2', MIB, [at('base')]));
    expect([reader, writer, later].map(({ id }) => queue.get(id).state)).toEqual([
      'running',
      'queued',
      'queued',
    ]);
    await queue.close();
  });

  it('keeps to the number of jobs at once', async () => {
    const queue = new JobQueue({ workerPath: fakeWorker(HANG), maxRunning: 1 });
    const ids = ['a', 'b'].map((name) => queue.add(createRequest(name, MIB)).id);
    expect(ids.map((id) => queue.get(id).state)).toEqual(['running', 'queued']);
    expect(queue.unfinished()).toHaveLength(2);
    queue.cancel(ids[1] ?? '');
    expect(queue.unfinished()).toHaveLength(1);
    await queue.close();
    expect(queue.unfinished()).toEqual([]);
  });

  it('ends what does not stop by the deadline, and takes nothing new once closed', async () => {
    const queue = new JobQueue({ workerPath: fakeWorker("parentPort.on('message', () => { for (;;); })") });
    const { id } = queue.add(createRequest('a', MIB));
    await queue.close(100);
    expect((await queue.waitFor(id)).state).toBe('cancelled');
    expect(() => queue.add(createRequest('b', MIB))).toThrow(/closing/);
  });

  it('forgets ended jobs when told to, never running ones', async () => {
    const queue = new JobQueue({ workerPath: fakeWorker(HANG) });
    const { id } = queue.add(createRequest('a', MIB));
    queue.dismiss(id);
    expect(queue.list()).toHaveLength(1);
    queue.cancel(id);
    await queue.waitFor(id);
    queue.dismiss(id);
    expect(queue.list()).toEqual([]);
    expect(() => queue.get(id)).toThrow(/no such job/);
    expect(existsSync(at('a'))).toBe(false);
    expect(lockKeys({ reads: [], writes: [at('a')] }).exclusive.size).toBe(1);
  });
});
