import path from 'node:path';
import type { ReaderName, ReaderVerdict } from '../../../../src-shared/model/check-report';

/** All but the program that made such sets open the one file that they are given. */
export const READS_SETS: ReaderName = 'virtual-pc';

/**
 * What each reader makes of a split set, judged by what it makes of the first piece. Executed with QEMU 7.2 and 7-Zip;
 * the specification says that Virtual PC up to 2004 makes such sets.
 */
export function judgeSplitSet(
  firstPath: string,
  whole: Readonly<Record<ReaderName, ReaderVerdict>>,
  first: Readonly<Record<ReaderName, ReaderVerdict>>,
): Record<ReaderName, ReaderVerdict> {
  const name = path.basename(firstPath);
  const alone = Object.entries(first).map(([reader, { verdict, why }]) => [
    reader,
    { verdict, why: `It opens "${name}" alone, the first piece: ${why}` },
  ]);
  const ofSet = whole[READS_SETS];
  return {
    ...(Object.fromEntries(alone) as Record<ReaderName, ReaderVerdict>),
    [READS_SETS]: { ...ofSet, why: `It made such sets itself, up to 2004: ${ofSet.why}` },
  };
}
