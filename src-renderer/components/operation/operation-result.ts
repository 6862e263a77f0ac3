import type { HashResult, OperationResult } from '../../../src-shared/model';

/** A job's result as an OperationResult, where it is one. */
export function asOperationResult(result: unknown): OperationResult | null {
  if (typeof result !== 'object' || result === null) return null;
  return 'changed' in result && 'fileSizeBytes' in result ? (result as OperationResult) : null;
}

/** A job's result as a HashResult, where it is one. */
export function asHashResult(result: unknown): HashResult | null {
  if (typeof result !== 'object' || result === null) return null;
  return 'algorithm' in result && 'hash' in result ? (result as HashResult) : null;
}
