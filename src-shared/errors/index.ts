export { AppError, asAppError, assertNever, invariant, restate } from './app-error';
export type { AppErrorOptions, ErrorContext } from './app-error';
export { ERROR_CODES } from './codes';
export type { ErrorCode, ErrorText } from './codes';
export { ERROR_KINDS, EXIT_CODE_BY_KIND } from './kinds';
export type { ErrorKind } from './kinds';
export { fromWireError, toWireError } from './wire';
export type { WireError } from './wire';
