import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import { asAppError, fromWireError, type AppError } from '../../src-shared/errors';
import type { CheckLevels, CheckReport, ImageInfo } from '../../src-shared/model';
import { api } from '../api';
import { useJobs } from './jobs';

/** What is known about one file. */
export interface ImageState {
  readonly info: ImageInfo | null;
  readonly infoError: AppError | null;
  readonly loading: boolean;
  readonly check: CheckReport | null;
  readonly checkError: AppError | null;
  readonly checking: boolean;
  /** The job of a check that reads every block, while it runs. */
  readonly checkJobId: string | null;
  /** Set when the file changed or went away outside Platter since it was read. */
  readonly outside: 'changed' | 'gone' | null;
  /** Counts readings, so that screens know when to read again what they read themselves. */
  readonly revision: number;
}

const UNKNOWN: ImageState = {
  info: null,
  infoError: null,
  loading: false,
  check: null,
  checkError: null,
  checking: false,
  checkJobId: null,
  outside: null,
  revision: 0,
};

/** Facts and check reports of open files, by file id. Main reads; this keeps the last answer. */
export const useImages = defineStore('images', () => {
  // Changed field by field, so that who reads only the revision is told only of revisions.
  const states = shallowReactive<Record<string, ImageState>>({});

  const stateOf = (fileId: string): ImageState => states[fileId] ?? UNKNOWN;

  function patch(fileId: string, part: Partial<ImageState>): void {
    const known = states[fileId];
    if (known) Object.assign(known, part);
    else states[fileId] = shallowReactive({ ...UNKNOWN, ...part });
  }

  /** Reads the facts anew; a check made before no longer counts. */
  async function load(fileId: string): Promise<void> {
    patch(fileId, { loading: true, infoError: null });
    try {
      const info = await api().call('image.info', { fileId });
      const revision = stateOf(fileId).revision + 1;
      patch(fileId, { info, loading: false, outside: null, check: null, checkError: null, revision });
    } catch (error) {
      patch(fileId, { info: null, loading: false, infoError: asAppError(error) });
    }
  }

  /** Reads the facts unless they are known or being read. */
  async function ensure(fileId: string): Promise<void> {
    const state = stateOf(fileId);
    if (!state.info && !state.loading) await load(fileId);
  }

  /** Reads the facts again where they were read before. */
  async function reload(fileId: string): Promise<void> {
    if (states[fileId]) await load(fileId);
  }

  /** Reading every block takes its time: a job, with progress and a way out. @returns null after a cancel. */
  async function deepCheck(fileId: string, levels: CheckLevels): Promise<CheckReport | null> {
    const jobs = useJobs();
    const jobId = await jobs.start({ verb: 'check', fileId, ...levels });
    patch(fileId, { checkJobId: jobId });
    const job = await jobs.finished(jobId);
    if (job?.error && job.state === 'failed') throw fromWireError(job.error);
    return job?.state === 'succeeded' ? (job.result as CheckReport) : null;
  }

  async function runCheck(fileId: string, levels: CheckLevels): Promise<void> {
    patch(fileId, { checking: true, checkError: null });
    try {
      const check = levels.deep
        ? await deepCheck(fileId, levels)
        : await api().call('image.check', { fileId, ...levels });
      patch(fileId, { check: check ?? stateOf(fileId).check, checking: false, checkJobId: null });
    } catch (error) {
      patch(fileId, { checking: false, checkJobId: null, checkError: asAppError(error) });
    }
  }

  /** Checks at the quick level, a child with its ancestors, unless a report is there. */
  async function ensureCheck(fileId: string): Promise<void> {
    const state = stateOf(fileId);
    if (!state.check && !state.checking) {
      await runCheck(fileId, { deep: false, chain: state.info?.type === 'differencing' });
    }
  }

  function markChanged(fileId: string, kind: 'changed' | 'gone'): void {
    if (states[fileId]) patch(fileId, { outside: kind });
  }

  function forget(fileId: string): void {
    Reflect.deleteProperty(states, fileId);
  }

  return { stateOf, load, ensure, reload, runCheck, ensureCheck, markChanged, forget };
});
