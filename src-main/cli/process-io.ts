import { fstatSync, statSync, writeSync } from 'node:fs';
import type { CliIo, OutputSink } from './io';

/** The real process as the command line sees it. The first signal cancels; a second one ends the process at once. */
export function processIo(): CliIo {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => controller.abort());
  }
  return {
    stdout: sink(1, () => process.stdout),
    stderr: sink(2, () => process.stderr),
    // Opened only when asked for: touching it costs start-up time and can keep the process alive.
    get stdin() {
      return process.stdin;
    },
    get stdinIsTerminal() {
      return process.stdin.isTTY;
    },
    stdinFd: 0,
    env: process.env,
    signal: controller.signal,
  };
}

/**
 * What surely fits into a pipe that nobody has read from yet (16 KiB on macOS, 64 KiB on Linux), so that writing it at
 * once cannot wait for the reader.
 */
const DIRECT_BYTES_MAX = 8 * 1024;

/**
 * Standard output or error. Node's own stream costs 3 ms to open, a twentieth of a start, so the first few KiB for a
 * pipe or a file are written without it; a terminal, Windows and everything longer have the stream.
 */
function sink(fd: 1 | 2, openStream: () => NodeJS.WriteStream): OutputSink {
  let directBytesLeft = mayWriteDirectly(fd) ? DIRECT_BYTES_MAX : 0;
  const isDirect = directBytesLeft > 0;
  let opened: NodeJS.WriteStream | null = null;
  const stream = (): NodeJS.WriteStream => (opened ??= watched(openStream()));
  return {
    get isTerminal() {
      return !isDirect && stream().isTTY;
    },
    get columns() {
      // A terminal that does not know its size says 0.
      return !isDirect && stream().isTTY && stream().columns > 0 ? stream().columns : null;
    },
    write: (chunk) => {
      let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (rest.length <= directBytesLeft) {
        try {
          const count = writeSync(fd, rest);
          directBytesLeft -= count;
          rest = rest.subarray(count);
          if (rest.length === 0) return Promise.resolve();
        } catch (error) {
          // EAGAIN: somebody else has made the pipe wait for nobody, and it is full; the stream knows how to wait.
          if (!(error instanceof Error)) throw error;
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return Promise.reject(error);
        }
      }
      directBytesLeft = 0;
      return new Promise((resolve, reject) => {
        stream().write(rest, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    },
  };
}

/** Without a listener a closed pipe would end the process with a stack trace; the write's own callback tells us. */
function watched(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.on('error', () => undefined);
}

/** Whether a file or pipe lies behind a descriptor, not a terminal. /dev/null is as good as a file. */
function mayWriteDirectly(fd: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    const stats = fstatSync(fd);
    if (!stats.isCharacterDevice()) return true;
    const nothing = statSync('/dev/null');
    return nothing.isCharacterDevice() && nothing.rdev === stats.rdev;
  } catch {
    return false;
  }
}
