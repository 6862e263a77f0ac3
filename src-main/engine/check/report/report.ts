import { renderHtml } from './report-html';
import { renderMarkdown } from './report-markdown';
import type { ReportedImage } from './reported-image';

export type { ReportedImage };

const REPORT_FORMATS = ['md', 'html', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The format that a report's file name asks for, or null. */
export function reportFormatOf(fileName: string): ReportFormat | null {
  const extension = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (extension === 'htm') return 'html';
  return REPORT_FORMATS.find((format) => format === extension) ?? null;
}

/**
 * A check as a document to attach to a ticket. `html` is one file without scripts, styles from elsewhere or links out;
 * everything from the image is escaped. `madeAt` is ISO 8601 UTC.
 */
export function renderReport(images: readonly ReportedImage[], format: ReportFormat, madeAt: string): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(images.length === 1 ? images[0] : { images }, null, 2)}\n`;
    case 'md':
      return renderMarkdown(images, madeAt);
    case 'html':
      return renderHtml(images, madeAt);
  }
}
