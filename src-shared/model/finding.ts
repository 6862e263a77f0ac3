/** `error`: content lost, ambiguous or not to be trusted. `warning`: off the specification, some reader may refuse or misread. `note`: unusual, legal, harmless. */
export type Severity = 'error' | 'warning' | 'note';

export type StructureName =
  | 'footer'
  | 'footerCopy'
  | 'dynamicHeader'
  | 'bat'
  | 'batmap'
  | 'sectorBitmap'
  | 'block'
  | 'parentLocator'
  | 'file'
  | 'chain';

/** A place in the file: `[offset, offset + length)` in bytes; `index` is a block, entry or locator number. */
export interface Place {
  readonly structure: StructureName;
  readonly offset: number;
  readonly length: number;
  readonly index?: number | undefined;
}

/** A range of guest content in bytes, `[offset, offset + length)`. */
export interface GuestRange {
  readonly offset: number;
  readonly length: number;
}

/** What was seen, so that a reader can judge for himself. */
export interface Evidence {
  /** Field name as in the field tables of src-shared/vhd. */
  readonly field?: string | undefined;
  readonly found?: string | undefined;
  readonly expected?: string | undefined;
  /** Raw bytes as hex, at most 64 bytes. */
  readonly bytes?: string | undefined;
}

/** One thing wrong or remarkable with an image; a million equal faults are one finding with a count. */
export interface Finding {
  /** Stable kebab-case code, the name of its rule file. */
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly count: number;
  readonly likelyCause?: string | undefined;
  /** Code of the finding that this one probably only follows from. */
  readonly consequenceOf?: string | undefined;
  readonly where: Place | null;
  /** More places, at most 20. */
  readonly examples: readonly Place[];
  /** Guest content at stake, at most 20 ranges. */
  readonly guestRanges: readonly GuestRange[];
  readonly repair: 'automatic' | 'choice' | 'none';
  readonly evidence?: readonly Evidence[] | undefined;
  /** Section of the specification, or the tool whose behaviour this comes from. */
  readonly source: string;
}

export const FINDING_PLACES_MAX = 20;

/** A finding with those that probably only follow from it. */
export interface FindingGroup {
  readonly finding: Finding;
  readonly consequences: readonly Finding[];
}

/** Findings by their cause, in the order they come in. One whose cause is not among them stands by itself. */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const causes = new Set(findings.filter(({ consequenceOf }) => !consequenceOf).map(({ code }) => code));
  const seen = new Set<string>();
  return findings
    .filter(({ consequenceOf }) => !consequenceOf || !causes.has(consequenceOf))
    .map((finding) => {
      const isFirst = !seen.has(finding.code);
      seen.add(finding.code);
      const consequences = findings.filter(({ consequenceOf }) => consequenceOf === finding.code);
      return { finding, consequences: isFirst && !finding.consequenceOf ? consequences : [] };
    });
}

/** Findings that say of a child that its parent cannot be had. */
export const PARENT_LACKING: readonly string[] = ['parent-missing', 'parent-mismatch', 'parent-ambiguous'];

/**
 * What the errors of an image that has some come to: each can be mended with certainty, so that nothing of the content
 * is lost; it lacks its parent, and nothing else (no finding says so before the chain was looked at); or damage.
 */
export function natureOfErrors(findings: readonly Finding[]): 'mendable' | 'parentLacking' | 'errors' {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.every(({ code }) => PARENT_LACKING.includes(code))) return 'parentLacking';
  return errors.every(({ repair }) => repair === 'automatic') ? 'mendable' : 'errors';
}

/** How many findings there are of each severity. */
export function countBySeverity(findings: readonly Finding[]): {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
} {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), notes: count('note') };
}
