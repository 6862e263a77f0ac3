import { ERROR_CODES, type ErrorCode } from './codes';
import type { ErrorKind } from './kinds';

export interface ErrorContext {
  readonly path?: string | undefined;
  /** Byte offset in the file, where the trouble has one. */
  readonly offset?: number | undefined;
  readonly operation?: string | undefined;
}

export interface AppErrorOptions {
  readonly context?: ErrorContext | undefined;
  /** Machine-readable evidence: found and expected values, names, sizes. JSON only. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** What was left as it was, in a sentence. */
  readonly unchanged?: string | undefined;
  /** What to do next, where it can be said better than the catalogue does. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error that crosses layers and doors. `message` says what is the matter with this file in one or two
 * plain sentences; title and hint come from the catalogue. The cause is kept, never repeated in the message.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly title: string;
  readonly hint: string;
  readonly unchanged: string | undefined;
  readonly context: ErrorContext;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.kind = ERROR_CODES[code].kind;
    this.title = ERROR_CODES[code].title;
    this.hint = options.hint ?? ERROR_CODES[code].hint;
    this.unchanged = options.unchanged;
    this.context = options.context ?? {};
    this.data = options.data ?? {};
  }
}

/** The same error, with `changes` in place of what it said around its message. */
export function restate(error: AppError, changes: AppErrorOptions): AppError {
  const { code, message, hint, unchanged, context, data, cause } = error;
  return new AppError(code, message, { hint, unchanged, context, data, cause, ...changes });
}

/** A broken rule of our own code, never of a file: a bug. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError('internal', message);
}

export function assertNever(value: never): never {
  throw new AppError('internal', `unexpected value ${String(value)}`);
}

/** Any thrown value as an AppError; what is not one already is a bug of ours. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('internal', message, { cause: error });
}
