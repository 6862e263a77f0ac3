import type {
  CheckReport,
  ReaderName,
  ReaderVerdict,
  Verdict,
} from '../../../../src-shared/model/check-report';
import {
  groupFindings,
  FINDING_PLACES_MAX,
  natureOfErrors,
  type Finding,
  type Place,
  type Severity,
} from '../../../../src-shared/model/finding';
import { formatBytes, formatCount } from '../../../../src-shared/vhd/format-size';

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  error: 'Error',
  warning: 'Warning',
  note: 'Note',
};

const VERDICT_WORDS: Readonly<Record<Verdict | ReturnType<typeof natureOfErrors>, string>> = {
  clean: 'Sound: no errors and no warnings.',
  warnings: 'Usable: it departs from the specification, but nothing is lost.',
  errors: 'Damaged: content is lost, ambiguous or not to be trusted.',
  mendable: 'Errors, each of which can be mended with certainty: nothing is lost.',
  parentLacking: 'Its parent is missing or not the right one: without it, it cannot be read.',
};

/** The verdict as a sentence. */
export const verdictWords = ({ verdict, findings }: CheckReport): string =>
  VERDICT_WORDS[verdict === 'errors' ? natureOfErrors(findings) : verdict];

/** Every finding, what only follows from another behind that. */
export const inReadingOrder = ({ findings }: CheckReport): readonly Finding[] =>
  groupFindings(findings).flatMap(({ finding, consequences }) => [finding, ...consequences]);

export const READER_TITLES: Readonly<Record<ReaderName, string>> = {
  'qemu-up-to-9': 'QEMU up to 9',
  'qemu-from-10': 'QEMU from 10',
  'hyper-v': 'Windows and Hyper-V',
  virtualbox: 'VirtualBox',
  'virtual-pc': 'Virtual PC',
  azure: 'Azure upload',
  xen: 'Xen (blktap)',
  '7-zip': '7-Zip',
};

export const READER_WORDS: Readonly<Record<ReaderVerdict['verdict'], string>> = {
  reads: 'reads it',
  misreads: 'misreads it',
  refuses: 'refuses it',
};

const REPAIR_WORDS: Readonly<Record<Finding['repair'], string>> = {
  automatic: 'Platter can repair it with certainty.',
  choice: 'Platter can repair it once you choose how.',
  none: '',
};

export const describePlace = (place: Place): string =>
  place.structure === 'chain'
    ? `ancestor ${place.index ?? 0} of the chain`
    : `${place.structure}${place.index === undefined ? '' : ` ${place.index}`}, byte ${formatCount(place.offset)}, ${formatBytes(place.length)}`;

/** What a report says of a finding below its title: label and text. */
export function findingLines(finding: Finding): readonly (readonly [string, string])[] {
  const evidence = (finding.evidence ?? []).slice(0, 8).flatMap(({ field, found, expected, bytes }) => {
    const parts = [
      found === undefined ? '' : `found ${found}`,
      expected === undefined ? '' : `expected ${expected}`,
      bytes === undefined ? '' : `bytes ${bytes}`,
    ].filter((part) => part !== '');
    return parts.length === 0 ? [] : [`${field === undefined ? '' : `${field}: `}${parts.join(', ')}`];
  });
  const ranges = finding.guestRanges.map(
    ({ offset, length }) => `byte ${formatCount(offset)}, ${formatBytes(length)}`,
  );
  const lines: (readonly [string, string])[] = [
    ['Probably follows from', finding.consequenceOf ?? ''],
    ['Likely cause', finding.likelyCause ?? ''],
    ['Where', finding.where ? describePlace(finding.where) : ''],
    ['How often', finding.count > 1 ? formatCount(finding.count) : ''],
    ['Evidence', evidence.join('; ')],
    [
      'Guest content at stake',
      `${ranges.join('; ')}${ranges.length > 0 && finding.count > FINDING_PLACES_MAX ? '; and more' : ''}`,
    ],
    ['What to do', finding.hint],
    ['Repair', REPAIR_WORDS[finding.repair]],
    ['Source', finding.source],
  ];
  return lines.filter(([, text]) => text !== '');
}

export const countsOf = ({ findings }: CheckReport): string => {
  const count = (severity: Severity): string => {
    const found = findings.filter((finding) => finding.severity === severity).length;
    return `${formatCount(found)} ${severity}${found === 1 ? '' : 's'}`;
  };
  return `${count('error')}, ${count('warning')}, ${count('note')}`;
};

export const levelsOf = ({ levels }: CheckReport): string =>
  ['metadata', levels.deep ? 'blocks and bitmaps' : '', levels.chain ? 'the chain of parents' : '']
    .filter((word) => word !== '')
    .join(', ');
