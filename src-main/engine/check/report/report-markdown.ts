import { READER_NAMES, type CheckReport } from '../../../../src-shared/model/check-report';
import type { Finding } from '../../../../src-shared/model/finding';
import { isChecked, type ReportedImage } from './reported-image';
import {
  countsOf,
  findingLines,
  inReadingOrder,
  levelsOf,
  READER_TITLES,
  READER_WORDS,
  SEVERITY_WORDS,
  verdictWords,
} from './report-words';

export function renderMarkdown(images: readonly ReportedImage[], madeAt: string): string {
  const parts = [
    `# Check of ${images.length === 1 ? 'a VHD image' : `${images.length} VHD images`}`,
    `Made by Platter, ${madeAt}.`,
  ];
  if (images.length > 1) parts.push(summaryOf(images));
  for (const image of images) parts.push(isChecked(image) ? renderImage(image) : renderFailure(image));
  return `${parts.join('\n\n')}\n`;
}

function summaryOf(images: readonly ReportedImage[]): string {
  const rows = images.map((image) =>
    isChecked(image)
      ? `| ${escape(image.path)} | ${image.verdict} | ${countsOf(image)} |`
      : `| ${escape(image.path)} | not checked | ${escape(image.error.message)} |`,
  );
  return ['| Image | Verdict | Findings |', '|---|---|---|', ...rows].join('\n');
}

function renderImage(report: CheckReport): string {
  const readers = READER_NAMES.map((name) => {
    const { verdict, why } = report.readers[name];
    return `| ${READER_TITLES[name]} | ${READER_WORDS[verdict]} | ${escape(why)} |`;
  });
  return [
    `## ${escape(report.path)}`,
    `${verdictWords(report)} ${countsOf(report)}. Looked at: ${levelsOf(report)}.`,
    ...inReadingOrder(report).map(renderFinding),
    ['### What programs make of it', '', '| Program | Verdict | Why |', '|---|---|---|', ...readers].join(
      '\n',
    ),
  ].join('\n\n');
}

function renderFinding(finding: Finding): string {
  const lines = findingLines(finding).map(([label, text]) => `- ${label}: ${escape(text)}`);
  return [
    `### ${SEVERITY_WORDS[finding.severity]}: ${escape(finding.title)} (\`${finding.code}\`)`,
    '',
    escape(finding.detail),
    '',
    ...lines,
  ].join('\n');
}

function renderFailure({ path, error }: Exclude<ReportedImage, CheckReport>): string {
  return `## ${escape(path)}\n\nNot checked: ${escape(error.message)} ${escape(error.hint)}`.trim();
}

/** Text that stays text: no markup, no links, no new lines. */
function escape(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')
    .replace(/\b(https?|file|ftp):\/\//gi, '$1&#58;//');
}
