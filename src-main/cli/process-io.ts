import type { CliIo, OutputSink } from './io';

/** The real process as the command line sees it. The first signal cancels; a second one ends the process at once. */
export function processIo(): CliIo {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => controller.abort());
  }
  return {
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    // Opened only when asked for: touching it costs start-up time and can keep the process alive.
    get stdin() {
      return process.stdin;
    },
    get stdinIsTerminal() {
      return process.stdin.isTTY;
    },
    env: process.env,
    signal: controller.signal,
  };
}

function sink(stream: NodeJS.WriteStream): OutputSink {
  // Without a listener a closed pipe would end the process with a stack trace; the write's own callback tells us.
  stream.on('error', () => undefined);
  return {
    get isTerminal() {
      return stream.isTTY;
    },
    get columns() {
      // A terminal that does not know its size says 0.
      return stream.isTTY && stream.columns > 0 ? stream.columns : null;
    },
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}
