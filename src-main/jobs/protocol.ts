import type { WireError } from '../../src-shared/errors';
import type { Progress } from '../../src-shared/model/job';
import type { ReviewedFile } from './reviewed-files';

/** What the main process asks of a worker. `seq` tells one call from the next over the same port. */
export type ToWorker =
  | {
      readonly kind: 'start';
      readonly seq: number;
      readonly verb: string;
      readonly input: unknown;
      readonly reviewed: readonly ReviewedFile[];
    }
  | { readonly kind: 'cancel'; readonly seq: number };

/** What a worker answers: any number of progress reports, then exactly one result or error. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly seq: number; readonly progress: Progress }
  | { readonly kind: 'result'; readonly seq: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly seq: number; readonly error: WireError };

/** What a worker is started with. */
export interface WorkerSetup {
  /** One shared integer, GATE_OPEN or GATE_PAUSED; the worker sleeps on it between chunks. */
  readonly gate: SharedArrayBuffer;
}

export const GATE_OPEN = 0;
export const GATE_PAUSED = 1;
