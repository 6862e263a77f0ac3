import type { HashResult } from '../../../src-shared/model/results';
import type { OperationContext } from '../disk/virtual-disk';
import { openSource, requireSourceUnchanged, type DiskSource } from './disk-source';
import { hashDisk, type HashOptions } from './hash';

export interface HashInput extends HashOptions {
  readonly source: DiskSource;
}

/** Hash of an image's guest content, its chain included. @throws AppError of opening and hashing; `file-changed`. */
export async function hashImage(input: HashInput, context: OperationContext = {}): Promise<HashResult> {
  const opened = await openSource(input.source);
  try {
    const result = await hashDisk(opened.disk, input, context);
    await requireSourceUnchanged(opened);
    return result;
  } finally {
    await opened.close();
  }
}
