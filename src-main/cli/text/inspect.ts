import type {
  FieldVerdict,
  InspectedField,
  InspectedStructure,
  InspectReport,
} from '../../../src-shared/model';
import { formatBytes, formatCount } from '../../../src-shared/vhd/format-size';
import type { TextOutput } from './output';
import type { Paint, Style } from './style';

const STRUCTURE_TITLES: Readonly<Record<string, string>> = {
  footer: 'Footer',
  footerCopy: 'Footer copy',
  dynamicHeader: 'Dynamic disk header',
  bat: 'BAT',
  batmap: 'Batmap',
  sectorBitmap: 'Sector bitmap',
  parentLocator: 'Parent locator',
};

/** Every field with offset, raw bytes, value, and why it is not right where it is not. */
export function printInspection(report: InspectReport, out: TextOutput): void {
  report.structures.forEach((structure, index) => {
    if (index > 0) out.line();
    printStructure(structure, out);
  });
}

function printStructure(structure: InspectedStructure, out: TextOutput): void {
  const { style } = out;
  const number = structure.index === undefined ? '' : ` ${formatCount(structure.index)}`;
  const title = `${STRUCTURE_TITLES[structure.structure] ?? structure.structure}${number}`;
  if (!structure.present) {
    out.line(`${style.strong(title)}  ${style.faint('not there')}`);
    return;
  }
  out.line(
    `${style.strong(title)}  ${style.faint(`${formatBytes(structure.length)} at byte ${formatCount(structure.offset)}`)}`,
  );
  out.table(
    [
      { title: 'Offset', align: 'right' },
      { title: 'Field' },
      { title: 'Bytes' },
      { title: 'Value' },
      { title: '' },
    ],
    withoutFreeLocators(structure.fields).map((field) => [
      formatCount(field.offset),
      field.name,
      shorten(field.raw, 18),
      shorten(field.value, 48),
      field.verdict === 'right' ? '' : verdictPaint(style, field.verdict)(field.verdict),
    ]),
  );
  for (const field of structure.fields) {
    if (field.verdict !== 'wrong' && field.verdict !== 'unusual') continue;
    const word = verdictPaint(style, field.verdict)(field.verdict);
    out.paragraph(`${field.name} is ${word}: ${field.reason}`, 4, 2);
  }
}

/** Entries of parent locators that are not used say nothing to people; `--json` has them. */
function withoutFreeLocators(fields: readonly InspectedField[]): readonly InspectedField[] {
  const free = fields
    .filter(({ name, verdict }) => /^parentLocator\d\.platformCode$/.test(name) && verdict === 'unused')
    .map(({ name }) => name.slice(0, name.indexOf('.') + 1));
  return fields.filter(
    ({ name, verdict }) => verdict !== 'unused' || !free.some((start) => name.startsWith(start)),
  );
}

function verdictPaint(style: Style, verdict: FieldVerdict): Paint {
  return { right: style.good, wrong: style.bad, unusual: style.warning, unused: style.faint }[verdict];
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
