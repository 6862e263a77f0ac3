import { AppError } from '../../../src-shared/errors';
import {
  attachCommands,
  openImageFile,
  readMetadata,
  type AttachCommand,
  type AttachSystem,
} from '../../engine';

/**
 * The commands that attach an image on a system.
 * @throws AppError `too-damaged` where the image's type or size cannot be read, and of kind `system`.
 */
export async function commandsToAttach(path: string, system: AttachSystem): Promise<AttachCommand[]> {
  const file = await openImageFile(path);
  try {
    const { type, active } = await readMetadata(file);
    const virtualSizeBytes = active?.fields.currentSizeBytes ?? null;
    if (type === null || virtualSizeBytes === null)
      throw new AppError(
        'too-damaged',
        'The type and size of this image cannot be read, so nothing will attach it.',
      );
    return [...attachCommands({ path, system, type, virtualSizeBytes })];
  } finally {
    await file.close();
  }
}
