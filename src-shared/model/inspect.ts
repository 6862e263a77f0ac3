import type { StructureName } from './finding';

export type FieldVerdict = 'right' | 'wrong' | 'unusual' | 'unused';

/** One field of a structure, as `platter inspect --json` gives it. */
export interface InspectedField {
  readonly name: string;
  readonly title: string;
  /** Byte offset in the file. */
  readonly offset: number;
  readonly length: number;
  /** Raw bytes as hex; at most 64 bytes, then cut with `…`. */
  readonly raw: string;
  readonly value: string;
  readonly verdict: FieldVerdict;
  /** Why the verdict is what it is, in a sentence. */
  readonly reason: string;
  /** What the field means, and the section of the specification. */
  readonly meaning: string;
  readonly section: string;
  /** A file offset this field points to, for go-to. */
  readonly target?: number | undefined;
  readonly editable?: boolean | undefined;
}

export interface InspectedStructure {
  readonly structure: StructureName;
  readonly index?: number | undefined;
  readonly offset: number;
  readonly length: number;
  readonly present: boolean;
  readonly fields: readonly InspectedField[];
}

/** `platter inspect --json`. */
export interface InspectReport {
  readonly path: string;
  readonly structures: readonly InspectedStructure[];
}
