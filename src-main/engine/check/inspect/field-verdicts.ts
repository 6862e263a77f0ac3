import type { Finding } from '../../../../src-shared/model/finding';
import type { FieldVerdict, InspectedField } from '../../../../src-shared/model/inspect';
import type { FieldSpec } from '../../../../src-shared/vhd/field-spec';

/** Findings that concern a structure, by the field they name: the one source of what is wrong with a field. */
export type FindingsByField = ReadonlyMap<string, Finding>;

/** Structures that fields belong to although the finding is placed elsewhere (the file, the BAT). */
const HOME_OF_FIELD: Readonly<Record<string, InspectStructure>> = {
  currentSize: 'footer',
  maxTableEntries: 'dynamicHeader',
};

export type InspectStructure = 'footer' | 'footerCopy' | 'dynamicHeader';

/** The worst finding for each field of a structure. `isTwin`: footer and copy are equal, so what holds for one holds for both. */
export function findingsByField(
  findings: readonly Finding[],
  structure: InspectStructure,
  isTwin: boolean,
): FindingsByField {
  const byField = new Map<string, Finding>();
  // findings come worst first
  for (const finding of findings) {
    for (const { field } of finding.evidence ?? []) {
      if (field !== undefined && !byField.has(field) && concerns(finding, field, structure, isTwin))
        byField.set(field, finding);
    }
  }
  return byField;
}

function concerns(finding: Finding, field: string, structure: InspectStructure, isTwin: boolean): boolean {
  const places = [finding.where, ...finding.examples];
  if (places.some((place) => place?.structure === structure)) return true;
  const own = finding.where?.structure;
  if (isTwin && structure !== 'dynamicHeader' && (own === 'footer' || own === 'footerCopy')) return true;
  if (own === 'footer' || own === 'footerCopy' || own === 'dynamicHeader') return false;
  return (
    HOME_OF_FIELD[field] === structure ||
    (isTwin && structure === 'footerCopy' && HOME_OF_FIELD[field] === 'footer')
  );
}

/** Verdict and reason for a field: what a finding says of it, or that nothing speaks against it. */
export function judgeField(
  field: FieldSpec,
  bytes: Uint8Array,
  finding: Finding | undefined,
): Pick<InspectedField, 'verdict' | 'reason'> {
  if (finding) return { verdict: verdictOf(finding), reason: finding.detail };
  if (bytes.length > 0 && bytes.every((byte) => byte === 0) && isOptional(field))
    return { verdict: 'unused', reason: 'Zero: not used.' };
  if (field.kind === 'u64' && bytes.every((byte) => byte === 0xff))
    return { verdict: 'unused', reason: 'All ones: points nowhere, as it must where nothing is pointed to.' };
  return { verdict: 'right', reason: REASONS[field.kind] ?? 'Nothing speaks against it.' };
}

const verdictOf = ({ severity }: Finding): FieldVerdict => (severity === 'note' ? 'unusual' : 'wrong');

const isOptional = ({ name, kind }: FieldSpec): boolean =>
  kind === 'bytes' ||
  name.startsWith('parentLocator') ||
  name.startsWith('parent') ||
  name === 'hidden' ||
  name === 'savedState';

const REASONS: Readonly<Partial<Record<FieldSpec['kind'], string>>> = {
  ascii: 'The letters are the ones the specification asks for.',
  checksum: 'The bytes give the same sum.',
  geometry: 'As the specification calculates it for this size.',
  diskType: 'One of the three types there are.',
  bytes: 'Zero, as it must be.',
};
