import type { Evidence, Finding, GuestRange, Place, Severity } from '../../../src-shared/model/finding';
import type { BlockScan } from './scanned-block';
import type { CheckContext } from './context';

/** `quick` reads metadata only; `deep` also blocks and bitmaps; `chain` the ancestors and the folder. */
export type RuleLevel = 'quick' | 'deep' | 'chain';
export type RuleArea =
  'footer' | 'header' | 'bat' | 'block' | 'content' | 'locator' | 'chain' | 'file' | 'size';
export type RepairKind = Finding['repair'];

/** What a rule is about; the catalogue shows it (`check --list-rules`). */
export interface RuleFacts {
  /** Stable, kebab-case, the name of the rule's file. */
  readonly code: string;
  /** The usual severity; a finding may carry another of `severities`. */
  readonly severity: Severity;
  readonly severities?: readonly Severity[];
  readonly area: RuleArea;
  readonly level: RuleLevel;
  readonly title: string;
  /** What it means, in plain words. */
  readonly explanation: string;
  /** What to do about it. */
  readonly hint: string;
  /** Section of the specification, or the tool whose behaviour this comes from. */
  readonly source: string;
  /** What the verb `repair` can do about it, usually; a finding may carry another. What `relink` mends is `none` here. */
  readonly repair: RepairKind;
}

/** A finding without what its rule already says. */
export interface FindingDraft {
  readonly detail: string;
  readonly where: Place | null;
  readonly severity?: Severity;
  readonly title?: string;
  readonly hint?: string;
  /** 1 unless given. */
  readonly count?: number;
  readonly likelyCause?: string | null;
  readonly examples?: readonly Place[];
  readonly guestRanges?: readonly GuestRange[];
  readonly evidence?: readonly Evidence[];
  readonly repair?: RepairKind;
}

export type Drafts = FindingDraft | null | readonly FindingDraft[];

/** Gathers what it needs from each allocated block in turn and reports at the end: memory stays bounded. */
export interface BlockVisitor {
  visit(scan: BlockScan): void;
  finish(): Drafts;
}

/** A rule looks at the context (`run`), or at every allocated block of a deep check (`startBlocks`). */
export interface Rule extends RuleFacts {
  readonly run?: (context: CheckContext) => Drafts | Promise<Drafts>;
  readonly startBlocks?: (context: CheckContext) => BlockVisitor | null;
}
