import type { Verdict } from './check-report';
import type { FileRef } from './file-ref';

/** One image of a folder sweep. */
export interface SweepRow {
  readonly file: FileRef;
  readonly format: string;
  readonly type: string | null;
  readonly virtualSizeBytes: number | null;
  readonly fileSizeBytes: number;
  readonly verdict: Verdict | null;
  readonly errors: number;
  readonly warnings: number;
  readonly uniqueId: string | null;
  readonly parent: string | null;
  /** Names of the readers that refuse or misread. */
  readonly readersAgainst: readonly string[];
  /** Why there are no facts, where there are none. */
  readonly problem: string | null;
}
