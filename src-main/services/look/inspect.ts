import path from 'node:path';
import type { InspectReport } from '../../../src-shared/model/inspect';
import {
  checkImage,
  inspectImage,
  quickFindings,
  readMetadata,
  renderReport,
  type CheckOptions,
  type InspectOptions,
  type RandomAccessFile,
  type ReportFormat,
} from '../../engine';

/** Every field with its verdict. @throws AppError of kind `system`, `bad-value`. */
export async function inspectFile(
  image: RandomAccessFile,
  options: InspectOptions,
  environment: CheckOptions,
): Promise<InspectReport> {
  const metadata = await readMetadata(image);
  return inspectImage(image, metadata, await quickFindings(image, metadata, environment), options);
}

/** A check as a document, with a name to save it by. @throws AppError as checkImage. */
export async function reportOn(
  file: string,
  format: ReportFormat,
  options: CheckOptions,
): Promise<{ suggestedName: string; text: string }> {
  const report = await checkImage(file, options);
  const name = path.basename(file, path.extname(file));
  return {
    suggestedName: `${name}-check.${format}`,
    text: renderReport([report], format, new Date().toISOString()),
  };
}
