import path from 'node:path';
import { AppError } from '../../src-shared/errors';
import type { JobSnapshot } from '../../src-shared/model/job';
import { Job, type JobRequest } from './job';
import { isTerminal } from './job-state';
import { conflicts, lockKeys } from './path-locks';
import type { JobVerb } from './verbs';

export interface JobQueueOptions {
  /** Every change of every job; progress comes at most every 100 ms a job. */
  readonly onChange?: ((snapshot: JobSnapshot) => void) | undefined;
  /** The built worker; beside this bundle unless a test says otherwise. */
  readonly workerPath?: string | undefined;
  /** Jobs at once; more would only fight for the disk. */
  readonly maxRunning?: number | undefined;
}

const DEFAULT_MAX_RUNNING = 2;
/** Finished jobs that are remembered. */
const HISTORY_MAX = 200;

/**
 * The jobs of this process, first come, first served, as far as their files allow: a file that one job writes is
 * nobody else's meanwhile, and a waiting job is never overtaken by a later one that wants the same file.
 */
export class JobQueue {
  readonly #jobs = new Map<string, Job>();
  readonly #onChange: (snapshot: JobSnapshot) => void;
  readonly #workerPath: string;
  readonly #maxRunning: number;
  #isClosed = false;

  constructor(options: JobQueueOptions = {}) {
    this.#onChange = options.onChange ?? (() => undefined);
    this.#workerPath = options.workerPath ?? path.join(import.meta.dirname, 'worker.cjs');
    this.#maxRunning = options.maxRunning ?? DEFAULT_MAX_RUNNING;
  }

  /** Queues a verb and starts it as soon as its files are free. */
  add<V extends JobVerb>(request: JobRequest<V>): JobSnapshot {
    if (this.#isClosed) throw new AppError('cancelled', 'Platter is closing; no new work is taken.');
    const job = new Job(request, (changed) => this.#onJobChange(changed));
    this.#jobs.set(job.id, job);
    this.#onChange(job.snapshot());
    this.#startReady();
    return job.snapshot();
  }

  /** All jobs that are remembered, oldest first. */
  list(): JobSnapshot[] {
    return [...this.#jobs.values()].map((job) => job.snapshot());
  }

  /** @throws AppError `bad-value` for an id that is none. */
  get(id: string): JobSnapshot {
    return this.#find(id).snapshot();
  }

  /** The job once it has ended, however it did. */
  async waitFor(id: string): Promise<JobSnapshot> {
    const job = this.#find(id);
    await job.finished;
    return job.snapshot();
  }

  /** Stops the work at its next chunk, files and all, until `resume`. Without effect on a job that is not running. */
  pause(id: string): void {
    this.#find(id).pause();
  }

  resume(id: string): void {
    this.#find(id).resume();
  }

  /** Cancels at the next chunk; a job that is past its last one still succeeds. */
  cancel(id: string): void {
    this.#find(id).cancel();
  }

  /** Forgets a job that has ended; others stay. */
  dismiss(id: string): void {
    if (isTerminal(this.#find(id).state)) this.#jobs.delete(id);
  }

  /** What quitting now would stop; empty where nothing would. */
  unfinished(): JobSnapshot[] {
    return this.list().filter(({ state }) => !isTerminal(state));
  }

  /** Cancels everything and waits; what has not stopped after `deadlineMs` is ended where it stands. */
  async close(deadlineMs = 10_000): Promise<void> {
    this.#isClosed = true;
    const active = [...this.#jobs.values()].filter((job) => !isTerminal(job.state));
    for (const job of [...active].reverse()) job.cancel();
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([Promise.all(active.map((job) => job.finished)), deadline]);
    clearTimeout(timer);
    await Promise.all(active.filter((job) => !isTerminal(job.state)).map((job) => job.kill()));
  }

  /** The first job that has not ended and makes or changes this file, under whatever name; null where none does. */
  writerOf(file: string): JobSnapshot | null {
    const keys = lockKeys({ reads: [file], writes: [] });
    const writer = [...this.#jobs.values()].find(
      (job) => !isTerminal(job.state) && conflicts(job.keys, keys),
    );
    return writer?.snapshot() ?? null;
  }

  #find(id: string): Job {
    const job = this.#jobs.get(id);
    if (!job) throw new AppError('bad-value', 'There is no such job.');
    return job;
  }

  #onJobChange(job: Job): void {
    this.#onChange(job.snapshot());
    if (!isTerminal(job.state)) return;
    this.#forgetOldest();
    this.#startReady();
  }

  #startReady(): void {
    if (this.#isClosed) return;
    const active = [...this.#jobs.values()].filter((job) => !isTerminal(job.state));
    let running = active.filter((job) => job.state !== 'queued').length;
    for (const [index, job] of active.entries()) {
      if (running >= this.#maxRunning) return;
      if (job.state !== 'queued') continue;
      const isBlocked = active.some(
        (other, at) =>
          other !== job && (at < index || other.state !== 'queued') && conflicts(job.keys, other.keys),
      );
      if (isBlocked) continue;
      running += 1;
      job.start(this.#workerPath);
    }
  }

  #forgetOldest(): void {
    const ended = [...this.#jobs.values()].filter((job) => isTerminal(job.state));
    for (const job of ended.slice(0, Math.max(0, ended.length - HISTORY_MAX))) this.#jobs.delete(job.id);
  }
}
