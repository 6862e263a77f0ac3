import { AppError } from '../../src-shared/errors';
import { identityOfFile, type FileIdentity, type RandomAccessFile } from '../engine';
import { usageError } from './arguments';
import type { VerbContext } from './verb';

/** `-` as a file name. */
export const STANDARD_STREAM = '-';

/** Bytes and a JSON document cannot share standard output. @throws AppError `json-with-stdout`. */
export function requireNoJson({ json }: VerbContext): void {
  if (!json) return;
  throw new AppError(
    'json-with-stdout',
    'The data would go to standard output, where the JSON document goes.',
  );
}

/** Bytes would only garble a terminal. @throws AppError `usage`. */
export function requireNoTerminal({ io }: VerbContext): void {
  if (!io.stdout.isTerminal) return;
  throw usageError('The data would be written to the terminal.', 'Redirect it: > FILE, or | PROGRAM.');
}

/** Standard input as pieces of bytes; ends, and closes it, when the person cancels. */
export async function* standardInput({ io }: VerbContext): AsyncGenerator<Uint8Array> {
  if (io.stdinIsTerminal) {
    throw usageError('Standard input is a terminal.', 'Give it the data: < FILE, or PROGRAM |.');
  }
  const input = io.stdin;
  const stop = (): void => {
    (input as { destroy?: (error?: Error) => void }).destroy?.(
      new AppError('cancelled', 'The work was stopped.'),
    );
  };
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } finally {
    io.signal.removeEventListener('abort', stop);
  }
}

/** The file that standard input comes from (`< FILE`), so that nothing is written into it; undefined where that is not known. */
export async function standardInputFile({ io }: VerbContext): Promise<FileIdentity | undefined> {
  if (io.stdinFd === undefined) return undefined;
  return identityOfFile({ fd: io.stdinFd, path: 'standard input' }).catch(() => undefined);
}

const PIECE_BYTES = 1024 * 1024;

/** A file's bytes in order, each piece new. */
export async function* fileBytes(file: RandomAccessFile): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const piece = new Uint8Array(PIECE_BYTES);
    const count = await file.readAt(piece, position);
    if (count === 0) return;
    yield piece.subarray(0, count);
    position += count;
  }
}
