import type { ChainImage, ChainReport } from '../../../src-shared/model';
import { formatCount, formatSize } from '../../../src-shared/vhd/format-size';
import {
  describeLocatorPlatform,
  LOCATOR_PLATFORM_CODES,
  type LocatorPlatform,
} from '../../../src-shared/vhd/locator';
import { severityPaint } from './findings';
import type { TextOutput } from './output';

/** One image below the other, each with what is wrong between it and its parent. */
export function printChain(report: ChainReport, out: TextOutput): void {
  if (report.images.length === 0) out.line('No image was found.');
  report.images.forEach((image, index) => {
    if (index > 0) out.line();
    printImage(image, out);
  });
  if (report.cutAtImages !== undefined) {
    out.line();
    out.paragraph(
      `No more than ${formatCount(report.cutAtImages)} images are looked at in one go; there may be others. Name a folder with fewer, or a file.`,
    );
  }
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
    ['Found by', describeFoundBy(image.edge?.foundBy ?? null)],
  ]);
  for (const problem of image.problems) {
    out.paragraph(`${severityPaint(style, problem.severity)(problem.severity)}: ${problem.message}`, 4, 2);
  }
}

/** How a parent is found otherwise than by a locator. */
const OTHER_WAYS: Readonly<Record<string, string>> = {
  name: "the name that the child stores, in the child's folder",
  'unique id': "its unique id, among the images of the child's folder",
  named: '--parent',
};

/** `the parent locator W2ru (Windows, relative path)`. */
function describeFoundBy(foundBy: string | null): string | null {
  if (foundBy === null) return null;
  const other = OTHER_WAYS[foundBy];
  return other ?? `the parent locator ${describeLocator(foundBy)}`;
}

/** `W2ru (Windows, relative path)`; a code nobody knows stands alone. */
export function describeLocator(code: string): string {
  return Object.hasOwn(LOCATOR_PLATFORM_CODES, code)
    ? `${code} (${describeLocatorPlatform(code as LocatorPlatform)})`
    : code;
}
