import { Worker } from 'node:worker_threads';
import { AppError, fromWireError } from '../../src-shared/errors';
import type { ProgressListener } from '../../src-shared/model/job';
import { GATE_OPEN, GATE_PAUSED, type FromWorker, type ToWorker, type WorkerSetup } from './protocol';
import type { ReviewedFile } from './reviewed-files';

/**
 * One verb running in a worker thread of its own. Whatever happens to that thread, `outcome` settles exactly once:
 * with the verb's result, its error, or `worker-crashed`.
 */
export class WorkerCall {
  readonly outcome: Promise<unknown>;
  readonly #worker: Worker;
  readonly #gate = new Int32Array(new SharedArrayBuffer(4));
  readonly #seq = 1;

  /** @param reviewed files that must still be as they were looked at when the verb begins. */
  constructor(
    workerPath: string,
    verb: string,
    input: unknown,
    reviewed: readonly ReviewedFile[],
    onProgress: ProgressListener,
  ) {
    const setup: WorkerSetup = { gate: this.#gate.buffer };
    this.#worker = new Worker(workerPath, { workerData: setup });
    this.outcome = new Promise((resolve, reject) => {
      const crash = (reason: string): void =>
        reject(new AppError('worker-crashed', `The engine stopped in the middle of "${verb}": ${reason}.`));
      this.#worker.on('message', (message: FromWorker) => {
        if (message.seq !== this.#seq) return;
        if (message.kind === 'progress') onProgress(message.progress);
        else if (message.kind === 'result') resolve(message.result);
        else reject(fromWireError(message.error));
      });
      this.#worker.on('error', (error: Error) => crash(error.message));
      this.#worker.on('messageerror', (error: Error) => crash(error.message));
      this.#worker.on('exit', (code) => crash(`its thread ended with code ${code}`));
    });
    this.#send({ kind: 'start', seq: this.#seq, verb, input, reviewed });
  }

  pause(): void {
    Atomics.store(this.#gate, 0, GATE_PAUSED);
  }

  resume(): void {
    Atomics.store(this.#gate, 0, GATE_OPEN);
    Atomics.notify(this.#gate, 0);
  }

  /** Asks the verb to stop at its next chunk; `outcome` tells when it has. */
  cancel(): void {
    this.#send({ kind: 'cancel', seq: this.#seq });
    this.resume();
  }

  /** Ends the thread; an unsettled `outcome` rejects with `worker-crashed`. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}
