import type { ChainImage, ChainReport } from '../../../src-shared/model';
import { formatSize } from '../../../src-shared/vhd/format-size';
import { severityPaint } from './findings';
import type { TextOutput } from './output';

/** One image below the other, each with what is wrong between it and its parent. */
export function printChain(report: ChainReport, out: TextOutput): void {
  if (report.images.length === 0) out.line('No image was found.');
  report.images.forEach((image, index) => {
    if (index > 0) out.line();
    printImage(image, out);
  });
}

function printImage(image: ChainImage, out: TextOutput): void {
  const { style } = out;
  const facts = [
    image.type ?? 'type unknown',
    image.virtualSizeBytes === null ? null : formatSize(image.virtualSizeBytes),
    image.depth === null ? 'depth unknown' : `depth ${image.depth}`,
  ].filter((fact) => fact !== null);
  out.line(`${style.strong(image.path)}  ${style.faint(facts.join(', '))}`);
  out.facts([
    ['Unique id', image.uniqueId],
    ['Parent id', image.parentId],
    ['Parent', image.parentPath],
    ['Found by', image.edge?.foundBy ?? null],
  ]);
  for (const problem of image.problems) {
    out.paragraph(`${severityPaint(style, problem.severity)(problem.severity)}: ${problem.message}`, 4, 2);
  }
}
