import type { CompareResult } from '../../../src-shared/model/results';
import type { OperationContext } from '../disk/virtual-disk';
import { compareDisks } from './compare-disks';
import { openSource, requireSourceUnchanged, type DiskSource } from './disk-source';

export interface CompareInput {
  readonly a: DiskSource;
  readonly b: DiskSource;
  /** Different sizes are a difference, too. */
  readonly strict?: boolean | undefined;
  /** Also tell which blocks of this size differ. */
  readonly blockSizeBytes?: number | undefined;
}

/** Compares the guest content of two images in any pairing of types. @throws AppError of opening and reading, `file-changed`, `cancelled`. */
export async function compareImages(
  input: CompareInput,
  context: OperationContext = {},
): Promise<CompareResult> {
  const a = await openSource(input.a);
  try {
    const b = await openSource(input.b);
    try {
      const result = await compareDisks(a.disk, b.disk, { blockSizeBytes: input.blockSizeBytes }, context);
      await requireSourceUnchanged(a);
      await requireSourceUnchanged(b);
      const isSameSize = result.aSizeBytes === result.bSizeBytes;
      return input.strict ? { ...result, identical: result.identical && isSameSize } : result;
    } finally {
      await b.close();
    }
  } finally {
    await a.close();
  }
}
