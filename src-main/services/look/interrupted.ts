import { AppError } from '../../../src-shared/errors';
import { chainReport, interruptedWarnings } from '../../engine';
import type { ParentOptions } from '../image/parent';

/**
 * What to say to whoever looks at an image where a change of it, or of an ancestor, was begun and not finished. Nothing
 * of what lies above a parent that cannot be found, or in a folder that may not be listed.
 */
export async function interruptedInChain(path: string, { mayOpen }: ParentOptions = {}): Promise<string[]> {
  try {
    return await interruptedWarnings((await chainReport(path, { mayOpen })).images, mayOpen);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
