import type { GuestRange } from './finding';

/** `platter hash --json`. */
export interface HashResult {
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
  readonly blocks?: readonly string[] | undefined;
}

/** `platter compare --json`. */
export interface CompareResult {
  readonly identical: boolean;
  readonly firstDifferenceOffset: number | null;
  readonly differingBytes: number;
  /** Merged ranges, at most 1000. */
  readonly ranges: readonly GuestRange[];
  readonly aSizeBytes: number;
  readonly bSizeBytes: number;
  /** What to know about what was read, such as a change in the middle; left out where there is nothing. */
  readonly warnings?: readonly string[] | undefined;
  /** One bit a block of the size that was asked for, highest bit first, set where it differs; for the map of differences. */
  readonly differingBlocks?: Uint8Array | undefined;
}

/** What a verb that makes or changes a file reports. */
export interface OperationResult {
  readonly path: string;
  /** What was done, in sentences. */
  readonly changed: readonly string[];
  readonly virtualSizeBytes: number | null;
  readonly fileSizeBeforeBytes: number | null;
  readonly fileSizeBytes: number;
  readonly verified: boolean;
  /** Content hash (sha256, guest-visible) where one was made. */
  readonly contentHash: string | null;
  /** Undo journal, where the change can be undone. */
  readonly journal: string | null;
  /** Bytes that the undo journal takes where it is kept. */
  readonly journalBytes?: number | undefined;
  /** There was nothing to do: the file is what it was, and nothing was read to prove it. */
  readonly isUnchanged?: true | undefined;
  readonly warnings: readonly string[];
}

/** One line of a pre-flight: what was looked at before anything is written. */
export interface PreflightItem {
  readonly code: string;
  readonly level: 'ok' | 'warning' | 'blocked';
  readonly message: string;
  /** Where it is in the way: what to do, in the words of the command line; otherwise what its error says. */
  readonly hint?: string | undefined;
  /** `children`: file names of the images that depend on what changes. */
  readonly names?: readonly string[] | undefined;
  /** `children`: those stay readable, though not for every program. */
  readonly readable?: boolean | undefined;
}

export interface Preflight {
  readonly items: readonly PreflightItem[];
  readonly ok: boolean;
  readonly bytesToWrite: number | null;
  readonly predictedFileBytes: number | null;
  readonly freeBytes: number | null;
}
