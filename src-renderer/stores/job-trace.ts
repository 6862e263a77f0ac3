import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../src-shared/model';

/** One phase of a job as its events told of it. */
export interface PhaseTrace {
  readonly phase: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly startedMs: number;
  /** Null while it goes on. */
  readonly endedMs: number | null;
}

/** What a job did over time: its phases, and its speed in the present one. */
export interface JobTrace {
  readonly phases: readonly PhaseTrace[];
  /** Bytes a second, oldest first, one for each stretch of at least SAMPLE_MS. */
  readonly rates: readonly number[];
  /** Where the next sample begins; null while nothing moves. */
  readonly from: { readonly ms: number; readonly doneBytes: number } | null;
}

export const EMPTY_TRACE: JobTrace = { phases: [], rates: [], from: null };
/** Shorter stretches say more about the reports than about the disk. */
const SAMPLE_MS = 250;
const RATES_MAX = 120;

/** The trace with one more snapshot. Pauses are left out: they are no speed of zero. */
export function extendTrace(trace: JobTrace, job: JobSnapshot, nowMs: number): JobTrace {
  const { progress } = job;
  const last = trace.phases[trace.phases.length - 1];
  if (TERMINAL_JOB_STATES.includes(job.state))
    return { ...trace, phases: closed(trace.phases, nowMs, job.state === 'succeeded'), from: null };
  if (!progress || job.state !== 'running') return { ...trace, from: null };

  const { phase, doneBytes, totalBytes } = progress;
  if (last?.phase !== phase || last.endedMs !== null) {
    const begun = { phase, doneBytes, totalBytes, startedMs: nowMs, endedMs: null };
    return {
      phases: [...closed(trace.phases, nowMs, true), begun],
      rates: [],
      from: { ms: nowMs, doneBytes },
    };
  }
  const phases = [...trace.phases.slice(0, -1), { ...last, doneBytes, totalBytes }];
  const { from } = trace;
  if (!from) return { ...trace, phases, from: { ms: nowMs, doneBytes } };
  const elapsedMs = nowMs - from.ms;
  if (elapsedMs < SAMPLE_MS) return { ...trace, phases };
  const rate = (Math.max(0, doneBytes - from.doneBytes) / elapsedMs) * 1000;
  return { phases, rates: [...trace.rates, rate].slice(-RATES_MAX), from: { ms: nowMs, doneBytes } };
}

/** The last phase ended; one that the next followed, or a success, went to its end. */
function closed(phases: readonly PhaseTrace[], nowMs: number, isWhole: boolean): readonly PhaseTrace[] {
  const last = phases[phases.length - 1];
  if (!last || last.endedMs !== null) return phases;
  const doneBytes = isWhole ? Math.max(last.doneBytes, last.totalBytes) : last.doneBytes;
  return [...phases.slice(0, -1), { ...last, doneBytes, endedMs: nowMs }];
}
