import {
  FINDING_PLACES_MAX,
  groupFindings,
  type Finding,
  type Place,
  type Severity,
} from '../../../src-shared/model';
import { formatCount, formatSize, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { TextOutput } from './output';
import type { Paint, Style } from './style';

const STRUCTURE_WORDS: Readonly<Record<Place['structure'], string>> = {
  footer: 'footer',
  footerCopy: 'footer copy',
  dynamicHeader: 'dynamic disk header',
  bat: 'BAT',
  batmap: 'batmap',
  sectorBitmap: 'sector bitmap',
  block: 'block',
  parentLocator: 'parent locator',
  file: 'file',
  chain: 'chain',
};

export function severityPaint(style: Style, severity: Severity): Paint {
  return { error: style.bad, warning: style.warning, note: style.accent }[severity];
}

/** Findings as a person reads them: what, where, why, what to do. */
export function printFindings(findings: readonly Finding[], out: TextOutput): void {
  for (const { finding, consequences } of groupFindings(findings)) {
    printFinding(finding, out);
    if (consequences.length > 0) printConsequences(consequences, out);
  }
}

/** What probably only follows from the finding above: named, and explained by it. */
function printConsequences(findings: readonly Finding[], out: TextOutput): void {
  const { style } = out;
  const kinds = new Map<string, { readonly finding: Finding; readonly count: number }>();
  for (const finding of findings) {
    const known = kinds.get(finding.code);
    kinds.set(finding.code, {
      finding: known?.finding ?? finding,
      count: (known?.count ?? 0) + finding.count,
    });
  }
  out.line();
  out.line(`           ${style.faint('Probably only follows from it (--json has every place):')}`);
  for (const { finding, count } of kinds.values()) {
    const word = severityPaint(style, finding.severity)(finding.severity.padEnd(7));
    const times = count > 1 ? `  (${formatCount(count)} times)` : '';
    out.line(`             ${word}  ${finding.title}  ${style.faint(`${finding.code}${times}`)}`);
  }
}

function printFinding(finding: Finding, out: TextOutput): void {
  const { style } = out;
  const word = severityPaint(style, finding.severity)(finding.severity.padEnd(7));
  const times = finding.count > 1 ? style.faint(`  (${formatCount(finding.count)} times)`) : '';
  out.line();
  out.line(`  ${word}  ${style.strong(finding.title)}${times}`);
  const indent = 11;
  const where = finding.where === null ? '' : `  ${describePlace(finding.where)}`;
  out.line(`${' '.repeat(indent)}${style.faint(`${finding.code}${where}`)}`);
  out.paragraph(finding.detail, indent);
  if (finding.likelyCause !== undefined) out.paragraph(`Likely cause: ${finding.likelyCause}`, indent);
  const atStake = describeStake(finding);
  if (atStake !== null) out.paragraph(`Disk content at stake: ${atStake}`, indent);
  if (finding.hint !== '') out.paragraph(`${style.faint('What to do:')} ${finding.hint}`, indent);
}

/** `32 MiB in 3 places, the first at byte 268,435,456`; only of the first 20 faults it is known where they are. */
function describeStake({ guestRanges, count }: Finding): string | null {
  const [first] = guestRanges;
  if (first === undefined) return null;
  const start = `byte ${formatCount(first.offset)} of the disk`;
  const sum = guestRanges.reduce((bytes, range) => bytes + range.length, 0);
  const isPart = guestRanges.length >= FINDING_PLACES_MAX || count > FINDING_PLACES_MAX;
  const least = isPart ? 'at least ' : '';
  if (guestRanges.length === 1) return `${least}${formatSizeBoth(sum)} from ${start} on`;
  return `${least}${formatSize(sum)} in ${guestRanges.length} places, the first at ${start}`;
}

/** `footer at 1,049,088`, `block 7 at 14,680,064`. */
export function describePlace({ structure, offset, index }: Place): string {
  const number = index === undefined ? '' : ` ${formatCount(index)}`;
  return `${STRUCTURE_WORDS[structure]}${number} at byte ${formatCount(offset)}`;
}

/** `2 errors, 1 warning`, `no findings`. */
export function summarizeHealth(
  health: { readonly errors: number; readonly warnings: number; readonly notes: number },
  style: Style,
): string {
  const part = (count: number, word: string, paint: Paint): string[] =>
    count === 0 ? [] : [paint(`${formatCount(count)} ${word}${count === 1 ? '' : 's'}`)];
  const parts = [
    ...part(health.errors, 'error', style.bad),
    ...part(health.warnings, 'warning', style.warning),
    ...part(health.notes, 'note', style.accent),
  ];
  return parts.length === 0 ? style.good('nothing found wrong') : parts.join(', ');
}
