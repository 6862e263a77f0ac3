import { OutputFile } from '../../engine';

/**
 * Writes a text file, whole or not at all. @throws AppError `target-exists` unless `replace`, and of kind `system`.
 */
export async function writeTextFile(path: string, text: string, replace: boolean): Promise<void> {
  const output = await OutputFile.create(path, { replace });
  try {
    await output.file.writeAt(Buffer.from(text, 'utf8'), 0);
    await output.publish();
  } finally {
    await output.discard();
  }
}
