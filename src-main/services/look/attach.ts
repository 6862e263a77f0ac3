import { AppError } from '../../../src-shared/errors';
import {
  attachCommands,
  attachWarnings,
  openImageFile,
  pathsOfFile,
  type AttachCommand,
  type AttachSystem,
} from '../../engine';
import { interruptedInChain } from './interrupted';
import { describeImage, type DescribeOptions } from '../image/info';

export interface AttachAnswer {
  readonly commands: AttachCommand[];
  /** What to know before one of them is run. */
  readonly notes: string[];
}

/**
 * The commands that attach an image on a system, and what to know beforehand.
 * @throws AppError `too-damaged` where the image's type or size cannot be told, and as `describeImage`.
 */
export async function describeAttaching(
  path: string,
  system: AttachSystem,
  options: DescribeOptions,
): Promise<AttachAnswer> {
  const { type, virtualSizeBytes, uniqueId, findings } = await describeImage(path, options);
  if (type === null || virtualSizeBytes === null)
    throw new AppError(
      'too-damaged',
      `Type and size of "${path}" cannot be told, so no system will attach it.`,
      { context: { path } },
    );
  return {
    commands: [...attachCommands({ path, system, type, virtualSizeBytes, isSplit: await isSplitSet(path) })],
    notes: [
      ...(await interruptedInChain(path, options)),
      ...(await attachWarnings(path, uniqueId, findings, options)),
    ],
  };
}

async function isSplitSet(path: string): Promise<boolean> {
  const file = await openImageFile(path);
  await file.close();
  return pathsOfFile(file).length > 1;
}
