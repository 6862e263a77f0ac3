/**
 * One verb as a process that can be killed: `node verb-process.cjs VERB INPUT`. Prints a line for every report of
 * progress and then waits a moment, so that a killer can choose its time.
 */
import { runVerb, type JobVerb } from '../../../src-main/jobs';

const [, , verb = '', input = '{}'] = process.argv;
const gate = new Int32Array(new SharedArrayBuffer(4));

void runVerb(verb as JobVerb, JSON.parse(input) as never, {
  onProgress: ({ phase, doneBytes }) => {
    process.stdout.write(`${phase} ${doneBytes}\n`);
    Atomics.wait(gate, 0, 0, 3);
  },
}).then(
  () => process.stdout.write('done\n'),
  (error: unknown) => {
    process.stderr.write(String(error));
    process.exitCode = 1;
  },
);
