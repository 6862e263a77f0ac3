import type { CompareResult } from '../../../src-shared/model/results';
import type { OperationContext } from '../disk/virtual-disk';
import type { OpenedDisk } from '../chain';
import { readingWarnings } from './preflight-source';
import { readingFrom } from './changed-meanwhile';
import { compareDisks } from './compare-disks';
import { insideRoots, openSource, requireSourceUnchanged, type DiskSource } from './disk-source';

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
      const compared = await readingFrom([a, b], () =>
        compareDisks(a.disk, b.disk, { blockSizeBytes: input.blockSizeBytes }, context),
      );
      const warnings = await warningsOf([input.a, a], [input.b, b]);
      const result = warnings.length === 0 ? compared : { ...compared, warnings };
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

/** Of files as they are; a state before a change on record is whole. */
async function warningsOf(...sides: readonly (readonly [DiskSource, OpenedDisk])[]): Promise<string[]> {
  const all: string[] = [];
  for (const [source, { chain }] of sides) {
    if (source.before) continue;
    all.push(...(await readingWarnings(chain, insideRoots(source.roots))));
  }
  return [...new Set(all)];
}
