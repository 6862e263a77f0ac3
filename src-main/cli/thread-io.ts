import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import tty from 'node:tty';
import type { CliIo, OutputSink } from './io';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** Between two tries to write to a full pipe that does not wait by itself. */
const RETRY_MS = 2;

/**
 * The process as a thread of it sees it, without help from the main thread (which stands still meanwhile): the
 * standard streams are used by their numbers, and signals are listened to in this thread's own loop.
 */
export function threadIo(): CliIo {
  const controller = new AbortController();
  listenToSignals(() => controller.abort());
  let input: NodeJS.ReadableStream | null = null;
  return {
    stdout: sink(STDOUT),
    stderr: sink(STDERR),
    get stdin() {
      return (input ??= openInput());
    },
    stdinIsTerminal: tty.isatty(STDIN),
    stdinFd: STDIN,
    env: process.env,
    signal: controller.signal,
  };
}

function sink(fd: number): OutputSink {
  const isTerminal = tty.isatty(fd);
  return {
    isTerminal,
    get columns() {
      if (!isTerminal) return null;
      const columns = new tty.WriteStream(fd).columns;
      // A terminal that does not know its size says 0.
      return columns > 0 ? columns : null;
    },
    async write(chunk) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (let done = 0; done < bytes.length;) {
        try {
          done += fs.writeSync(fd, bytes, done);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    },
  };
}

/** A pipe is read as a socket, which can be let go of at any time; a read of a file ends by itself. */
function openInput(): NodeJS.ReadableStream {
  const kind = fs.fstatSync(STDIN);
  return kind.isFIFO() || kind.isSocket()
    ? new net.Socket({ fd: STDIN, readable: true, writable: false })
    : fs.createReadStream('', { fd: STDIN, autoClose: false });
}

interface SignalHandle {
  onsignal: () => void;
  unref(): void;
  start(signal: number): number;
}

/**
 * Node gives threads no `process.on(signal)`; below it, each loop can listen for itself. Where that way is closed, a
 * signal ends the process, and what is half made is offered for removal later.
 */
function listenToSignals(cancel: () => void): void {
  const { binding } = process as unknown as { binding?: (name: string) => unknown };
  try {
    const { Signal } = binding?.('signal_wrap') as { Signal: new () => SignalHandle };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const handle = new Signal();
      let heard = 0;
      handle.onsignal = () => {
        heard += 1;
        if (heard === 1) cancel();
        // As with the process's own signals: the second one ends at once.
        else process.kill(process.pid, 'SIGKILL');
      };
      handle.unref();
      handle.start(os.constants.signals[name]);
    }
  } catch {
    // As said above.
  }
}
