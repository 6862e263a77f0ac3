import path from 'node:path';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { OperationResult } from '../../../src-shared/model/results';
import { quoteArgument } from '../../services/operations/equivalent-command';
import type { VerbContext } from '../verb';

/** What a verb that made or changed a file did: sentences first, then the numbers. */
export function printResult(
  result: OperationResult,
  { out, style, warn }: VerbContext,
  verifiedHow = 'yes, by reading it back',
): void {
  out.line(`${style.good('Done:')} ${result.path}`);
  for (const sentence of result.changed) out.paragraph(sentence, 2);
  const sizeBefore = result.fileSizeBeforeBytes;
  out.facts([
    ['Virtual size', result.virtualSizeBytes === null ? null : formatSizeBoth(result.virtualSizeBytes)],
    ['File size', formatSizeBoth(result.fileSizeBytes)],
    [
      'File before',
      sizeBefore === null || sizeBefore === result.fileSizeBytes ? null : formatSizeBoth(sizeBefore),
    ],
    ['Verified', result.isUnchanged ? null : result.verified ? verifiedHow : 'no'],
    ['Content', result.contentHash === null ? null : `sha256 ${result.contentHash}`],
    ['Undo', result.journal === null ? null : `platter undo ${quoteForShell(result.journal)}`],
    [
      'Undo journal',
      result.journal === null || result.journalBytes === undefined
        ? null
        : `${formatSizeBoth(result.journalBytes)}, kept in ${path.dirname(result.journal)}`,
    ],
  ]);
  for (const warning of result.warnings) warn(warning);
}

/** A path as it can be pasted into a shell of this system. */
export function quoteForShell(path: string): string {
  return quoteArgument(path, process.platform === 'win32' ? 'win32' : 'posix');
}
