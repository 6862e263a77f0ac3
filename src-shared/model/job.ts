import type { WireError } from '../errors';
import type { GuestRange } from './finding';

export interface Progress {
  /** Short key such as `copy`, `verify`, `flush`. */
  readonly phase: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** What is being read now of the images concerned, in guest bytes, for the live map. */
  readonly reading?: GuestRange | undefined;
  /** What is being written now of the images that are changed, in guest bytes. New files have no map yet. */
  readonly writing?: GuestRange | undefined;
}

export type ProgressListener = (progress: Progress) => void;

export type JobState = 'queued' | 'running' | 'paused' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';
export const TERMINAL_JOB_STATES: readonly JobState[] = ['succeeded', 'failed', 'cancelled'];

export interface JobSnapshot {
  readonly id: string;
  /** The verb, as on the command line. */
  readonly verb: string;
  /** Names of the files concerned, for people. */
  readonly source: string;
  readonly target: string | null;
  readonly state: JobState;
  /** File ids of the images concerned; the live map shows the job's progress on them. */
  readonly subjectIds: readonly string[];
  /** Those of them that are changed where they lie. */
  readonly changedIds: readonly string[];
  readonly progress: Progress | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The equivalent command line. */
  readonly command: string;
  /** The verb's own result, once succeeded. */
  readonly result: unknown;
  readonly error: WireError | null;
  /** File ids of what the job made, to open next. */
  readonly produced: readonly string[];
}
