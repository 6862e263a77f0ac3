import { invariant } from '../../src-shared/errors';
import type { JobState } from '../../src-shared/model/job';

/** Where each state may lead. Terminal states lead nowhere; success wins over a cancel that came too late. */
const NEXT: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['paused', 'cancelling', 'succeeded', 'failed', 'cancelled'],
  // Pausing takes hold at the next chunk; an operation that was past its last one ends all the same.
  paused: ['running', 'cancelling', 'succeeded', 'failed', 'cancelled'],
  cancelling: ['succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

export const canTransition = (from: JobState, to: JobState): boolean => NEXT[from].includes(to);

/** The new state. @throws AppError `internal` for a step that is none: the only guard, so that no job ends twice. */
export function transition(from: JobState, to: JobState): JobState {
  invariant(canTransition(from, to), `a job cannot go from ${from} to ${to}`);
  return to;
}

export const isTerminal = (state: JobState): boolean => NEXT[state].length === 0;
