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

/** Nothing may be loaded or run, whatever the texts hold. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2024; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; border-top: 1px solid #d0d5da; padding-top: 1.5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #e3e6ea; overflow-wrap: anywhere; }
article { border-left: 4px solid #8b949e; padding: .6rem 1rem; margin: 1rem 0; background: #f6f8fa; }
article.error { border-color: #c62828; } article.warning { border-color: #b26a00; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0 0; } dt { color: #57606a; } dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
@media (prefers-color-scheme: dark) { body { color: #e6e8eb; background: #16181b; } article { background: #1f2226; } th, td, h2 { border-color: #33383e; } dt { color: #9aa4ae; } }
`;

export function renderHtml(images: readonly ReportedImage[], madeAt: string): string {
  const title = `Check of ${images.length === 1 ? 'a VHD image' : `${images.length} VHD images`}`;
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title><style>${STYLE}</style></head><body>`,
    `<h1>${title}</h1><p>Made by Platter, ${escape(madeAt)}.</p>`,
    images.length > 1 ? summaryOf(images) : '',
    ...images.map((image) => (isChecked(image) ? renderImage(image) : renderFailure(image))),
    '</body></html>\n',
  ].join('\n');
}

function summaryOf(images: readonly ReportedImage[]): string {
  const rows = images.map((image) =>
    isChecked(image)
      ? row([image.path, image.verdict, countsOf(image)])
      : row([image.path, 'not checked', image.error.message]),
  );
  return table(['Image', 'Verdict', 'Findings'], rows);
}

function renderImage(report: CheckReport): string {
  const readers = READER_NAMES.map((name) => {
    const { verdict, why } = report.readers[name];
    return row([READER_TITLES[name], READER_WORDS[verdict], why]);
  });
  return [
    `<h2>${escape(report.path)}</h2>`,
    `<p><strong>${escape(verdictWords(report))}</strong> ${countsOf(report)}. Looked at: ${escape(levelsOf(report))}.</p>`,
    ...inReadingOrder(report).map(renderFinding),
    '<h3>What programs make of it</h3>',
    table(['Program', 'Verdict', 'Why'], readers),
  ].join('\n');
}

function renderFinding(finding: Finding): string {
  const lines = findingLines(finding).map(
    ([label, text]) => `<dt>${escape(label)}</dt><dd>${escape(text)}</dd>`,
  );
  return `<article class="${finding.severity}"><h3>${SEVERITY_WORDS[finding.severity]}: ${escape(finding.title)} <code>${escape(finding.code)}</code></h3><p>${escape(finding.detail)}</p><dl>${lines.join('')}</dl></article>`;
}

function renderFailure({ path, error }: Exclude<ReportedImage, CheckReport>): string {
  return `<h2>${escape(path)}</h2><p>Not checked: ${escape(error.message)} ${escape(error.hint)}</p>`;
}

const row = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;

const table = (heads: readonly string[], rows: readonly string[]): string =>
  `<table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
