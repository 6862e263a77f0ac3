import type { DiskType, LocatorFacts, ParentIdentity } from './image-info';

export type ChainProblemCode =
  | 'parent-missing'
  | 'parent-mismatch'
  | 'parent-raw'
  | 'parent-ambiguous'
  | 'parent-size-differs'
  | 'parent-time-differs'
  | 'parent-found-by-id'
  | 'duplicate-id'
  | 'chain-loop'
  | 'chain-too-deep'
  | 'unreadable';

export interface ChainProblem {
  readonly code: ChainProblemCode;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
}

/** What speaks for an edge from child to parent. */
export interface EdgeEvidence {
  readonly idMatches: boolean | null;
  readonly timeMatches: boolean | null;
  readonly sizeMatches: boolean | null;
  /** How the parent was found: by which locator, by name, by unique id, or named by the person. */
  readonly foundBy: string | null;
  readonly locators: readonly (LocatorFacts & { readonly resolves: boolean; readonly reason: string })[];
}

export interface ChainImage {
  readonly path: string;
  readonly uniqueId: string | null;
  readonly type: DiskType | 'raw' | null;
  readonly parentId: string | null;
  readonly parentPath: string | null;
  /** Number of ancestors; 0 for a base; null where a loop or a missing parent hides it. */
  readonly depth: number | null;
  readonly problems: readonly ChainProblem[];
  readonly virtualSizeBytes: number | null;
  readonly fileSizeBytes: number;
  readonly edge: (EdgeEvidence & { readonly identity: ParentIdentity }) | null;
}

/** `platter chain --json`: a file's images go from the file named up to the base. */
export interface ChainReport {
  readonly images: readonly ChainImage[];
  /** For a folder with more images than are looked at in one go: how many that is. */
  readonly cutAtImages?: number | undefined;
}
