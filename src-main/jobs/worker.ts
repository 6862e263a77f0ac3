/** Entry of a worker thread: runs one verb at a time, tells its progress, sleeps while paused. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { asAppError, toWireError } from '../../src-shared/errors';
import { ProgressThrottle } from './progress-throttle';
import { GATE_PAUSED, type FromWorker, type ToWorker, type WorkerSetup } from './protocol';
import { requireReviewed } from './reviewed-files';
import { runVerb, type JobVerb } from './verbs';

if (parentPort) serve(parentPort, workerData as WorkerSetup);

function serve(port: MessagePort, { gate }: WorkerSetup): void {
  const gateState = new Int32Array(gate);
  const cancels = new Map<number, AbortController>();
  const send = (message: FromWorker): void => port.postMessage(message);
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'cancel') {
      cancels.get(message.seq)?.abort();
      return;
    }
    const { seq, verb, input, reviewed } = message;
    const cancel = new AbortController();
    cancels.set(seq, cancel);
    const throttle = new ProgressThrottle((progress) => send({ kind: 'progress', seq, progress }));
    const context = {
      signal: cancel.signal,
      onProgress: (progress: Parameters<typeof throttle.report>[0]): void => {
        throttle.report(progress);
        // Operations report at every chunk, so sleeping here stops the work between two of them.
        if (Atomics.load(gateState, 0) === GATE_PAUSED) {
          throttle.flush();
          Atomics.wait(gateState, 0, GATE_PAUSED);
        }
      },
    };
    // The verb's own types hold at JobQueue.add; a message carries no types.
    requireReviewed(reviewed)
      .then(() => runVerb(verb as JobVerb, input as never, context))
      .then(
        (result) => {
          throttle.flush();
          send({ kind: 'result', seq, result });
        },
        (error: unknown) => {
          throttle.flush();
          send({ kind: 'error', seq, error: toWireError(asAppError(error)) });
        },
      )
      .finally(() => cancels.delete(seq));
  });
}
