import { AppError } from '../../../src-shared/errors';
import type { ParentSearchOptions } from '../chain';
import { openParent, type OpenedDisk } from '../chain/open-disk';
import { surveyContent, type ContentSurvey } from '../content/read-content';
import { Damage, openImage, type VhdMetadata } from '../disk';
import { identityOfPath, type RandomAccessFile } from '../io';

/**
 * What the disk holds, by its partition table and file systems. Null where nothing certain can be said: a disk that
 * cannot be read, a parent that is not here, or a place that damage reads as zeros; other rules speak of those.
 */
export async function surveyDisk(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  { mayOpen }: Pick<ParentSearchOptions, 'mayOpen'>,
): Promise<ContentSurvey | null> {
  let parent: OpenedDisk | null = null;
  try {
    if (metadata.type === 'differencing') {
      const identity = await identityOfPath(file.path).catch(() => null);
      parent = await openParent(file.path, file, metadata, identity, { mayOpen });
    }
    const damage = new Damage(file.path, true);
    const survey = await surveyContent(openImage(file, metadata, damage, parent?.disk ?? null));
    return damage.ranges.length === 0 ? survey : null;
  } catch (error) {
    if (error instanceof AppError && error.kind !== 'cancelled') return null;
    throw error;
  } finally {
    await parent?.close();
  }
}
