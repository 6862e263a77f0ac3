import type { Finding, Place, Severity } from '../../../src-shared/model';
import { formatBytes, formatCount } from '../../../src-shared/vhd/format-size';
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
  const { style } = out;
  for (const finding of findings) {
    const word = severityPaint(style, finding.severity)(finding.severity.padEnd(7));
    const times = finding.count > 1 ? style.faint(`  (${formatCount(finding.count)} times)`) : '';
    out.line();
    out.line(`  ${word}  ${style.strong(finding.title)}${times}`);
    const indent = 11;
    const where = finding.where === null ? '' : `  ${describePlace(finding.where)}`;
    out.line(`${' '.repeat(indent)}${style.faint(`${finding.code}${where}`)}`);
    out.paragraph(finding.detail, indent);
    if (finding.likelyCause !== undefined) out.paragraph(`Likely cause: ${finding.likelyCause}`, indent);
    for (const range of finding.guestRanges.slice(0, 3)) {
      out.line(
        `${' '.repeat(indent)}Disk content at stake: ${formatBytes(range.length)} from byte ${formatCount(range.offset)}`,
      );
    }
    if (finding.hint !== '') out.paragraph(`${style.faint('What to do:')} ${finding.hint}`, indent);
  }
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

export function countFindings(findings: readonly Finding[]): {
  errors: number;
  warnings: number;
  notes: number;
} {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), notes: count('note') };
}
