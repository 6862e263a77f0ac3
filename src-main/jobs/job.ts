import { randomUUID } from 'node:crypto';
import { AppError, asAppError, toWireError, type WireError } from '../../src-shared/errors';
import type { JobSnapshot, JobState, Progress } from '../../src-shared/model/job';
import { transition } from './job-state';
import { lockKeys, type LockKeys, type LockRequest } from './path-locks';
import { RateMeter } from './rate-meter';
import type { ReviewedFile } from './reviewed-files';
import type { JobInput, JobVerb } from './verbs';
import { WorkerCall } from './worker-call';

/** What is asked of the queue. `input` must be plain data: it goes to another thread. */
export interface JobRequest<V extends JobVerb = JobVerb> extends LockRequest {
  readonly verb: V;
  readonly input: JobInput<V>;
  /** What a person looked at beforehand: the job fails with `file-changed` where it is another by the time it begins. */
  readonly reviewed?: readonly ReviewedFile[] | undefined;
  /** Names for people. */
  readonly source: string;
  readonly target: string | null;
  /** File ids of the images concerned, and of those that are changed where they lie, for the live map. */
  readonly subjectIds?: readonly string[] | undefined;
  readonly changedIds?: readonly string[] | undefined;
  /** The equivalent command line. */
  readonly command: string;
  /** Registers what was made and gives the file ids to open next. */
  readonly registerProduced?: ((result: unknown) => readonly string[]) | undefined;
}

/** One job's life: state, progress, outcome. The queue decides when it runs. */
export class Job {
  readonly id = randomUUID();
  readonly keys: LockKeys;
  readonly request: JobRequest;
  readonly finished: Promise<void>;
  readonly #onChange: (job: Job) => void;
  readonly #createdAt = new Date();
  readonly #rate = new RateMeter();
  #state: JobState = 'queued';
  #startedAt: Date | null = null;
  #endedAt: Date | null = null;
  #progress: Progress | null = null;
  #result: unknown = null;
  #error: WireError | null = null;
  #produced: readonly string[] = [];
  #call: WorkerCall | null = null;
  #finish: () => void = () => undefined;

  constructor(request: JobRequest, onChange: (job: Job) => void) {
    this.request = request;
    this.keys = lockKeys(request);
    this.#onChange = onChange;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get state(): JobState {
    return this.#state;
  }

  /** Starts the worker; the job ends by itself. */
  start(workerPath: string): void {
    this.#to('running');
    const { verb, input, reviewed = [] } = this.request;
    let call: WorkerCall;
    try {
      call = new WorkerCall(workerPath, verb, input, reviewed, (progress) => this.#onProgress(progress));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#fail(
        new AppError('worker-crashed', `The engine could not be started: ${reason}.`, { cause: error }),
      );
      return;
    }
    this.#call = call;
    this.#catchUp(call);
    void call.outcome
      .then(
        (result) => this.#succeed(result),
        (error: unknown) => this.#fail(asAppError(error)),
      )
      .finally(() => call.end());
  }

  /** Whoever heard of the start may have paused or cancelled before there was a worker to tell. */
  #catchUp(call: WorkerCall): void {
    if (this.#state === 'paused') call.pause();
    if (this.#state === 'cancelling') call.cancel();
  }

  pause(): void {
    if (this.#state !== 'running') return;
    this.#call?.pause();
    this.#to('paused');
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#rate.restart();
    this.#call?.resume();
    this.#to('running');
  }

  cancel(): void {
    if (this.#state === 'queued') this.#end('cancelled');
    if (this.#state !== 'running' && this.#state !== 'paused') return;
    this.#call?.cancel();
    this.#to('cancelling');
  }

  /** Ends the worker without waiting for the verb: only when the program itself must end. */
  async kill(): Promise<void> {
    await this.#call?.end();
  }

  snapshot(): JobSnapshot {
    const isMoving = this.#state === 'running' || this.#state === 'cancelling';
    return {
      id: this.id,
      verb: this.request.verb,
      source: this.request.source,
      target: this.request.target,
      subjectIds: this.request.subjectIds ?? [],
      changedIds: this.request.changedIds ?? [],
      state: this.#state,
      progress: this.#progress,
      bytesPerSecond: isMoving ? this.#rate.bytesPerSecond() : null,
      secondsLeft: isMoving ? this.#rate.secondsLeft() : null,
      createdAt: this.#createdAt.toISOString(),
      startedAt: this.#startedAt?.toISOString() ?? null,
      endedAt: this.#endedAt?.toISOString() ?? null,
      command: this.request.command,
      result: this.#result,
      error: this.#error,
      produced: this.#produced,
    };
  }

  #onProgress(progress: Progress): void {
    this.#progress = progress;
    this.#rate.add(progress);
    this.#onChange(this);
  }

  #succeed(result: unknown): void {
    this.#result = result;
    try {
      this.#produced = this.request.registerProduced?.(result) ?? [];
    } catch {
      // The work is done whether or not its result can be offered for opening.
      this.#produced = [];
    }
    this.#end('succeeded');
  }

  #fail(error: AppError): void {
    // Killing the worker of a job that was being cancelled is its cancellation, not a crash.
    const isCancelled =
      error.kind === 'cancelled' || (error.code === 'worker-crashed' && this.#state === 'cancelling');
    // a cancellation that left something to be done has a code of its own
    if (!isCancelled || (error.kind === 'cancelled' && error.code !== 'cancelled'))
      this.#error = toWireError(error);
    this.#end(isCancelled ? 'cancelled' : 'failed');
  }

  #end(state: 'succeeded' | 'failed' | 'cancelled'): void {
    this.#endedAt = new Date();
    this.#to(state);
    this.#finish();
  }

  #to(state: JobState): void {
    this.#state = transition(this.#state, state);
    if (state === 'running') this.#startedAt ??= new Date();
    this.#onChange(this);
  }
}
