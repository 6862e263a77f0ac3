import fs from 'node:fs/promises';
import type { FileRef, TargetRef } from '../../../src-shared/model/file-ref';
import { AppError } from '../../../src-shared/errors';
import { systemError } from '../../engine';
import type { FileRegistry } from './file-registry';

/**
 * Writes a report or an export, whole or not at all, and never over an existing file.
 * @throws AppError `target-exists` and others of kind `system`.
 */
export async function saveText(registry: FileRegistry, target: TargetRef, text: string): Promise<FileRef> {
  const full = await registry.pathOfTarget(target);
  let created = false;
  try {
    const handle = await fs.open(full, 'wx');
    created = true;
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST')
      throw new AppError('target-exists', `"${full}" already exists.`, {
        context: { path: full },
        unchanged: 'The existing file was not touched.',
        cause: error,
      });
    if (created) await fs.rm(full, { force: true });
    throw systemError(error, { path: full, operation: 'write' });
  }
  return registry.register(full);
}
