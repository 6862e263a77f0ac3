import type { AppError } from '../../src-shared/errors';
import { systemError } from '../engine';

/** An operating system's error that reached the command line untranslated. A file of its own, loaded only then. */
export function systemFailure(error: unknown, path: string): AppError {
  return systemError(error, { path, operation: 'open' });
}
