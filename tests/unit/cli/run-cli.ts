import { Readable } from 'node:stream';
import type { CliIo, OutputSink } from '../../../src-main/cli/io';
import { run } from '../../../src-main/cli/run';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as bytes, for verbs that give data. */
  readonly bytes: Buffer;
  /** Standard output as the one JSON document it must be. */
  json<T = Record<string, unknown>>(): T;
}

export interface CliOptions {
  /** What standard input holds; a function is called in its place and may throw. */
  readonly stdin?: Uint8Array | string | (() => never);
  /** Standard input as a program that is still at work gives it. */
  readonly stdinPieces?: AsyncIterable<Uint8Array>;
  /** The descriptor that stands behind standard input. */
  readonly stdinFd?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
  /** Rejects every write to standard output, as a pipe does whose reader has gone. */
  readonly readerGone?: boolean;
  /** What the system answers to every write to standard output. */
  readonly stdoutFailure?: string;
}

/** Runs the command line from its sources in this process. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const stdout = new MemorySink(
    options.terminal ?? false,
    options.readerGone ? 'EPIPE' : (options.stdoutFailure ?? null),
  );
  const stderr = new MemorySink(options.terminal ?? false, null);
  const io: CliIo = {
    stdout,
    stderr,
    get stdin() {
      const { stdin, stdinPieces } = options;
      if (stdinPieces !== undefined) return Readable.from(stdinPieces);
      if (typeof stdin === 'function') return stdin();
      return Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]);
    },
    stdinIsTerminal: false,
    stdinFd: options.stdinFd,
    env: options.env ?? {},
    signal: options.signal ?? new AbortController().signal,
  };
  const exitCode = await run(argv, io);
  const bytes = Buffer.concat(stdout.chunks);
  return {
    exitCode,
    bytes,
    stdout: bytes.toString(),
    stderr: Buffer.concat(stderr.chunks).toString(),
    json: <T>() => JSON.parse(bytes.toString()) as T,
  };
}

class MemorySink implements OutputSink {
  readonly columns: number | null;
  readonly chunks: Buffer[] = [];

  constructor(
    readonly isTerminal: boolean,
    readonly failure: string | null,
  ) {
    this.columns = isTerminal ? 100 : null;
  }

  write(chunk: string | Uint8Array): Promise<void> {
    if (this.failure !== null) {
      const facts = { code: this.failure, syscall: 'write' };
      return Promise.reject(Object.assign(new Error(`write ${this.failure}`), facts));
    }
    this.chunks.push(Buffer.from(chunk));
    return Promise.resolve();
  }
}

/** The error object of a failed `--json` run. */
export interface JsonError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly offset?: number;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}
