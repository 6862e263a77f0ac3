import { FINDING_PLACES_MAX, type Evidence, type Finding } from '../../../src-shared/model/finding';
import { DYNAMIC_HEADER_FIELDS } from '../../../src-shared/vhd/dynamic-header-fields';
import { findField, type FieldSpec } from '../../../src-shared/vhd/field-spec';
import { FOOTER_FIELDS } from '../../../src-shared/vhd/footer-fields';
import { toHex } from '../../../src-shared/vhd/text';
import type { LocatedFooter } from '../disk/locate-footers';
import type { LocatedHeader } from '../disk/metadata';
import type { Drafts, FindingDraft, RuleFacts } from './rule';

const EVIDENCE_BYTES_MAX = 64;

/** A finding of a rule: the rule's words, what the draft says otherwise, places and ranges bounded. */
export function buildFinding(rule: RuleFacts, draft: FindingDraft): Finding {
  return {
    code: rule.code,
    severity: draft.severity ?? rule.severity,
    title: draft.title ?? rule.title,
    detail: draft.detail,
    hint: draft.hint ?? rule.hint,
    count: draft.count ?? 1,
    ...(draft.likelyCause ? { likelyCause: draft.likelyCause } : {}),
    where: draft.where,
    examples: (draft.examples ?? []).slice(0, FINDING_PLACES_MAX),
    guestRanges: (draft.guestRanges ?? []).slice(0, FINDING_PLACES_MAX),
    repair: draft.repair ?? rule.repair,
    ...(draft.evidence ? { evidence: draft.evidence } : {}),
    source: rule.source,
  };
}

export function toDraftList(drafts: Drafts): readonly FindingDraft[] {
  if (drafts === null) return [];
  return Array.isArray(drafts) ? (drafts as readonly FindingDraft[]) : [drafts as FindingDraft];
}

/** What a field's finding says beside its place. */
export interface FieldWords extends Omit<FindingDraft, 'where' | 'evidence'> {
  readonly found?: string;
  readonly expected?: string;
}

/** A draft placed at a field of a footer or its copy. */
export function footerFieldDraft(footer: LocatedFooter, field: string, words: FieldWords): FindingDraft {
  return fieldDraft(FOOTER_FIELDS, footer, field, words);
}

/** A draft placed at a field of the dynamic disk header; locator fields are `parentLocator3.dataOffset`. */
export function headerFieldDraft(header: LocatedHeader, field: string, words: FieldWords): FindingDraft {
  return fieldDraft(DYNAMIC_HEADER_FIELDS, { ...header, structure: 'dynamicHeader' }, field, words);
}

interface FieldOwner {
  readonly structure: 'footer' | 'footerCopy' | 'dynamicHeader';
  readonly offset: number;
  readonly bytes: Uint8Array;
}

function fieldDraft(
  fields: readonly FieldSpec[],
  owner: FieldOwner,
  name: string,
  { found, expected, ...words }: FieldWords,
): FindingDraft {
  const field = findField(fields, name);
  const offset = field?.offset ?? 0;
  const length = field?.length ?? owner.bytes.length;
  return {
    ...words,
    where: { structure: owner.structure, offset: owner.offset + offset, length },
    evidence: [fieldEvidence(name, owner.bytes.subarray(offset, offset + length), found, expected)],
  };
}

function fieldEvidence(
  field: string,
  bytes: Uint8Array,
  found: string | undefined,
  expected: string | undefined,
): Evidence {
  return {
    field,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    bytes: toHex(bytes.subarray(0, EVIDENCE_BYTES_MAX)),
  };
}

/** A number as people compare it with a hex dump: decimal and `0x`. */
export const inHex = (value: number): string => `0x${value.toString(16)}`;
