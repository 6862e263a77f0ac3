import type { InspectReport } from '../../../src-shared/model';
import {
  inspectImage,
  openImageFile,
  quickFindings,
  readMetadata,
  requireVhd,
  type InspectOptions,
} from '../../engine';

/**
 * Every field of an image's structures, judged by what a quick check finds (`platter inspect --json`).
 * @throws AppError `not-a-vhd` or `no-metadata`, `bad-value` for an index outside the image, and of kind `system`.
 */
export async function inspectPath(path: string, options: InspectOptions = {}): Promise<InspectReport> {
  const file = await openImageFile(path);
  try {
    const metadata = await readMetadata(file);
    await requireVhd({ file, metadata });
    return await inspectImage(file, metadata, await quickFindings(file, metadata), options);
  } finally {
    await file.close();
  }
}
