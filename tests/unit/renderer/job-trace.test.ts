import { describe, expect, it } from 'vitest';
import { EMPTY_TRACE, extendTrace, type JobTrace } from '../../../src-renderer/stores/job-trace';
import type { JobSnapshot, JobState } from '../../../src-shared/model';

const job = (state: JobState, phase?: string, doneBytes = 0): JobSnapshot => ({
  id: 'job-1',
  verb: 'convert',
  source: 'a.vhd',
  target: 'b.vhd',
  state,
  subjectIds: [],
  changedIds: [],
  progress: phase === undefined ? null : { phase, doneBytes, totalBytes: 1000 },
  bytesPerSecond: null,
  secondsLeft: null,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: null,
  endedAt: null,
  command: '',
  result: null,
  error: null,
  produced: [],
});
const after = (...steps: readonly (readonly [number, JobSnapshot])[]): JobTrace =>
  steps.reduce((trace, [ms, snapshot]) => extendTrace(trace, snapshot, ms), EMPTY_TRACE);

describe('what a window saw of a job', () => {
  it('is its speed between reports that are far enough apart', () => {
    const trace = after(
      [0, job('running', 'copy', 0)],
      [100, job('running', 'copy', 10)],
      [500, job('running', 'copy', 100)],
      [1000, job('running', 'copy', 400)],
    );
    expect(trace.rates).toEqual([200, 600]);
  });

  it('takes a pause for no speed at all, not for a speed of zero', () => {
    const trace = after(
      [0, job('running', 'copy', 0)],
      [1000, job('running', 'copy', 500)],
      [1100, job('paused', 'copy', 500)],
      [61_000, job('running', 'copy', 500)],
      [62_000, job('running', 'copy', 900)],
    );
    expect(trace.rates).toEqual([500, 400]);
  });

  it('is each phase with its bytes and time; the last one whole only where the job succeeded', () => {
    const steps = [
      [0, job('running', 'copy', 0)],
      [800, job('running', 'copy', 900)],
      [1000, job('running', 'verify', 0)],
      [1500, job('running', 'verify', 400)],
    ] as const;
    expect(after(...steps, [2000, job('succeeded')]).phases).toEqual([
      { phase: 'copy', doneBytes: 1000, totalBytes: 1000, startedMs: 0, endedMs: 1000 },
      { phase: 'verify', doneBytes: 1000, totalBytes: 1000, startedMs: 1000, endedMs: 2000 },
    ]);
    expect(after(...steps, [2000, job('failed')]).phases[1]).toMatchObject({ doneBytes: 400, endedMs: 2000 });
  });

  it('stays bounded however long a job runs', () => {
    const steps = Array.from({ length: 1000 }, (_, at) => [at * 300, job('running', 'copy', at)] as const);
    expect(after(...steps).rates.length).toBeLessThanOrEqual(120);
  });
});
