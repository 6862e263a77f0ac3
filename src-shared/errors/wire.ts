import { AppError } from './app-error';
import { ERROR_CODES, type ErrorCode } from './codes';

/** An AppError as data: what crosses a door or a worker. No stack, no cause chain, no class. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly unchanged?: string | undefined;
  readonly path?: string | undefined;
  readonly offset?: number | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export function toWireError(error: AppError): WireError {
  return {
    code: error.code,
    message: error.message,
    hint: error.hint,
    ...(error.unchanged === undefined ? {} : { unchanged: error.unchanged }),
    ...(error.context.path === undefined ? {} : { path: error.context.path }),
    ...(error.context.offset === undefined ? {} : { offset: error.context.offset }),
    data: error.data,
  };
}

export function fromWireError(wire: WireError): AppError {
  const code: ErrorCode = Object.hasOwn(ERROR_CODES, wire.code) ? wire.code : 'internal';
  return new AppError(code, wire.message, {
    hint: wire.hint,
    unchanged: wire.unchanged,
    context: { path: wire.path, offset: wire.offset },
    data: wire.data,
  });
}
