import { AppError } from '../../../src-shared/errors';
import type { Finding } from '../../../src-shared/model/finding';
import {
  attachCommands,
  attachWarnings,
  openImageFile,
  pathsOfFile,
  type AttachCommand,
  type AttachSystem,
} from '../../engine';
import { chainNotes } from './chain-notes';
import { interruptedInChain } from './interrupted';
import { describeImage, type DescribeOptions } from '../image/info';

export interface AttachAnswer {
  readonly commands: AttachCommand[];
  /** What to know before one of them is run. */
  readonly notes: string[];
}

/**
 * The commands that attach an image on a system, and what to know beforehand.
 * @throws AppError `too-damaged` where the image's type or size cannot be told, what breaks the chain of a child where
 *   the commands would fail over it, and as `describeImage`.
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
      ...(type === 'differencing' ? await parentNotes(path, system, findings, options) : []),
      ...(await interruptedInChain(path, options)),
      ...(await attachWarnings(path, uniqueId, findings, options)),
    ],
  };
}

/**
 * Windows looks for parents itself, and may know one that is not seen from here; elsewhere Platter flattens the chain.
 * A header that fails its checksum may name a wrong parent: that is what has to be mended, so the check's errors go first.
 */
async function parentNotes(
  path: string,
  system: AttachSystem,
  findings: readonly Finding[],
  options: DescribeOptions,
): Promise<string[]> {
  const { doubts, broken } = await chainNotes(path, options);
  if (broken === null) return [...doubts];
  if (findings.some(({ code }) => code === 'header-checksum')) return [broken.message];
  if (system !== 'windows' || broken.code !== 'parent-missing') throw broken;
  return [`${broken.message} Windows attaches the image only where it finds that parent.`];
}

async function isSplitSet(path: string): Promise<boolean> {
  const file = await openImageFile(path);
  await file.close();
  return pathsOfFile(file).length > 1;
}
