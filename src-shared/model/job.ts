import type { WireError } from '../errors';

export interface Progress {
  /** Short key such as `copy`, `verify`, `flush`. */
  readonly phase: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** What is being worked on now, in guest bytes, for the live map. */
  readonly reading?: { readonly offset: number; readonly length: number } | undefined;
  readonly writing?: { readonly offset: number; readonly length: number } | undefined;
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
