import type { Verdict } from './check-report';

/** One replaced byte range. `before` and `after` are hex; `after` may be shorter than `before` at the file's end (a cut). */
export interface ByteChange {
  readonly offset: number;
  readonly before: string;
  readonly after: string;
  /** The fields this touches, decoded, for people. */
  readonly fields?: readonly FieldChange[] | undefined;
  /** Bytes in all, where the hex is cut off after 4096 bytes. */
  readonly lengthBytes: number;
}

export interface FieldChange {
  readonly structure: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export interface RepairOption {
  readonly name: string;
  readonly title: string;
  /** What is gained and lost by it. */
  readonly detail: string;
  readonly risk: RepairRisk;
}

/** `none`: certain, metadata only. `low`: certain but visible to other images or tools. `data`: guest content may change or be lost. */
export type RepairRisk = 'none' | 'low' | 'data';

export interface RepairItem {
  /** The finding's code. */
  readonly code: string;
  /** Codes of further findings that the same change answers. */
  readonly alsoAnswers?: readonly string[] | undefined;
  readonly title: string;
  readonly detail: string;
  readonly risk: RepairRisk;
  readonly selected: boolean;
  readonly options: readonly RepairOption[];
  /** The option that is planned, where there are any and one was chosen. */
  readonly chosen: string | null;
  /** Codes of the items that must be applied before this one. */
  readonly dependsOn: readonly string[];
  readonly changes: readonly ByteChange[];
  /** Says what is taken for granted, where something is. */
  readonly assumptions: readonly string[];
}

/** `metadata`: an archive of the metadata structures. `copy`: the whole file. */
export type BackupKind = 'metadata' | 'copy';

/** A copy made before the change, beside the undo journal. */
export interface BackupFacts {
  readonly kind: BackupKind;
  readonly path: string;
  readonly sizeBytes: number;
}

/** `platter repair --json`. */
export interface RepairPlan {
  readonly path: string;
  readonly plan: readonly RepairItem[];
  readonly currentVerdict: Verdict;
  readonly predictedVerdict: Verdict;
  /** Codes of findings that stay after the plan. */
  readonly remaining: readonly string[];
  readonly applied: boolean;
  /** Path of the undo journal, once applied. */
  readonly journal: string | null;
  /** The copy that was asked for, once made. */
  readonly backup?: BackupFacts | undefined;
  /** Binds the plan to the state of the file it was made from. */
  readonly stateToken: string;
  readonly fileSizeBeforeBytes: number;
  readonly fileSizeAfterBytes: number;
  /** Names of the images in the same folder that depend on this one and would see the change, where there are any. */
  readonly children?: readonly string[] | undefined;
  /** Titles of the findings that are named by code, for a screen. */
  readonly titles?: Readonly<Record<string, string>> | undefined;
  /** Whether the account may write the file, for a screen that offers to. */
  readonly writable?: boolean | undefined;
}
