/**
 * One verb as a process that can be killed: `node verb-process.cjs VERB INPUT`. Prints a line for every report of
 * progress and then waits a moment, so that a killer can choose its time.
 */
import { writeGuest, type OperationContext } from '../../../src-main/engine';
import type { WriteInput } from '../../../src-main/engine/ops/write';
import { runVerb, type JobVerb } from '../../../src-main/jobs';

const [, , verb = '', input = '{}'] = process.argv;
const PIPE_BYTES = 64 * 1024;
const gate = new Int32Array(new SharedArrayBuffer(4));

/** As much as the input says, in pieces of a pipe's size. */
async function* bytesOf({ length = 0 }: WriteInput): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += PIPE_BYTES)
    yield await Promise.resolve(Buffer.alloc(Math.min(PIPE_BYTES, length - at), 0xa7));
}

const context: OperationContext = {
  onProgress: ({ phase, doneBytes }) => {
    process.stdout.write(`${phase} ${doneBytes}\n`);
    Atomics.wait(gate, 0, 0, 3);
  },
};

/** `write` is no job: its data come from the person's own program. */
function run(): Promise<unknown> {
  if (verb !== 'write') return runVerb(verb as JobVerb, JSON.parse(input) as never, context);
  const wanted = JSON.parse(input) as WriteInput;
  return writeGuest(wanted, bytesOf(wanted), context);
}

void run().then(
  () => process.stdout.write('done\n'),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
);
