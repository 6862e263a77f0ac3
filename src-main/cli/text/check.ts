import {
  READER_NAMES,
  type CheckReport,
  type ReaderName,
  type ReaderVerdict,
} from '../../../src-shared/model';
import { formatCount } from '../../../src-shared/vhd/format-size';
import { countBySeverity } from '../../../src-shared/model/finding';
import type { RuleFacts } from '../../engine';
import type { CheckedImage } from '../../services/image/check-many';
import { printFindings, severityPaint, summarizeHealth } from './findings';
import type { TextOutput } from './output';
import type { Style } from './style';

const READER_TITLES: Readonly<Record<ReaderName, string>> = {
  'qemu-up-to-9': 'QEMU up to 9',
  'qemu-from-10': 'QEMU from 10',
  'hyper-v': 'Hyper-V, Windows',
  virtualbox: 'VirtualBox',
  'virtual-pc': 'Virtual PC',
  azure: 'Azure upload',
  xen: 'Xen (blktap)',
  '7-zip': '7-Zip',
};

/** One image in full: the verdict, every finding, and what each reader makes of it. */
export function printReport(report: CheckReport, out: TextOutput): void {
  const { style } = out;
  out.line(`${style.strong(report.path)}  ${summarizeHealth(countBySeverity(report.findings), style)}`);
  printFindings(report.findings, out);
  out.line();
  out.heading('Readers');
  for (const name of READER_NAMES) {
    const reader = report.readers[name];
    const start = `  ${READER_TITLES[name].padEnd(18)}${paintVerdict(reader, style)}${' '.repeat(10 - reader.verdict.length)}`;
    out.paragraph(`${start}${reader.verdict === 'reads' ? '' : reader.why}`.trimEnd(), 30, 0);
  }
}

function paintVerdict({ verdict }: ReaderVerdict, style: Style): string {
  return { reads: style.good, misreads: style.warning, refuses: style.bad }[verdict](verdict);
}

/** Several images: one line each, then the findings of those that have errors or warnings. */
export function printCheckedTable(images: readonly CheckedImage[], out: TextOutput): void {
  const { style } = out;
  if (images.length === 0) {
    out.line('No image was found.');
    return;
  }
  out.table(
    [
      { title: 'Verdict' },
      { title: 'Errors', align: 'right' },
      { title: 'Warnings', align: 'right' },
      { title: 'Notes', align: 'right' },
      { title: 'Readers against' },
      { title: 'Image' },
    ],
    images.map((image) => tableRow(image, style)),
    0,
  );
  const failed = images.filter((image) => 'error' in image).length;
  const withErrors = images.filter((image) => 'verdict' in image && image.verdict === 'errors').length;
  out.line();
  out.line(
    `${formatCount(images.length)} ${images.length === 1 ? 'image' : 'images'}: ${formatCount(withErrors)} with errors, ${formatCount(failed)} that could not be checked.`,
  );
}

function tableRow(image: CheckedImage, style: Style): string[] {
  if ('error' in image) {
    return [style.bad('not checked'), '', '', '', image.error.message, image.path];
  }
  const { errors, warnings, notes } = countBySeverity(image.findings);
  const verdict = { clean: style.good, warnings: style.warning, errors: style.bad }[image.verdict];
  const against = READER_NAMES.filter((name) => image.readers[name].verdict !== 'reads').length;
  return [
    verdict(image.verdict),
    formatCount(errors),
    formatCount(warnings),
    formatCount(notes),
    against === 0 ? 'none' : `${against} of ${READER_NAMES.length}`,
    image.path,
  ];
}

/** `check --list-rules`. */
export function printRules(rules: readonly RuleFacts[], out: TextOutput): void {
  const { style } = out;
  for (const rule of rules) {
    out.line(
      `${style.strong(rule.code)}  ${severityPaint(style, rule.severity)(rule.severity)}${rule.level === 'quick' ? '' : style.faint(` (--${rule.level})`)}`,
    );
    out.paragraph(`${rule.title}. ${rule.explanation}`, 4);
    out.paragraph(`${style.faint('Source:')} ${rule.source}`, 4);
  }
}
