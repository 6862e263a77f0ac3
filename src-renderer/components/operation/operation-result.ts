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

/** What a rescue is sure of, takes for likely, and could not save. */
export interface RescueReport {
  readonly certain: readonly string[];
  readonly likely: readonly string[];
  readonly guessed: readonly string[];
  readonly lost: readonly string[];
}

/** A job's result as a rescue's report, where it is one. */
export function asRescueReport(result: unknown): RescueReport | null {
  if (typeof result !== 'object' || result === null) return null;
  return 'certain' in result && 'likely' in result && 'guessed' in result && 'lost' in result
    ? (result as RescueReport)
    : null;
}
