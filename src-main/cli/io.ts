/** A place for text or bytes to go: a terminal, a pipe or a file. */
export interface OutputSink {
  readonly isTerminal: boolean;
  /** Characters a line; null where it is no terminal. */
  readonly columns: number | null;
  /** Resolves once the bytes are handed over; rejects where the reader has gone. */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** Everything the command line takes from and gives to its process, so that tests need none. */
export interface CliIo {
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdinIsTerminal: boolean;
  /** Its descriptor, where it has one. */
  readonly stdinFd?: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
}

/** Whether a write failed because whoever read it has gone (`platter map … | head`). */
export function isReaderGone(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'EOF';
}
