import { AppError } from '../../../src-shared/errors';
import { describeFormat, probeFormat } from '../disk/probe';
import type { RandomAccessFile } from '../io';
import { requireWholeSet } from './split-set';

/** @throws AppError `not-a-vhd`, naming what the file is instead; `no-metadata` where nothing is recognised, `split-incomplete`. */
export async function requireVhd(file: RandomAccessFile): Promise<void> {
  const format = await probeFormat(file);
  if (format === 'vhd') return;
  if (format === 'unknown' || format === 'raw') await requireWholeSet(file.path);
  const code = format === 'unknown' ? 'no-metadata' : 'not-a-vhd';
  throw new AppError(code, `"${file.path}" is ${describeFormat(format)}.`, {
    context: { path: file.path },
    data: { format },
  });
}
