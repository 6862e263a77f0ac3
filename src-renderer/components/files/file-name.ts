/** UTF-8 bytes that a file name may have: the limit of the usual file systems, and of the contract. */
const NAME_MAX_BYTES = 255;

/** The texts under `create.nameProblems`. */
export type FileNameProblem = 'empty' | 'separator' | 'nul' | 'dots' | 'long';

/** Why a name, as it will be sent (without blanks at its ends), cannot be a file's, or null where it can. */
export function fileNameProblem(name: string): FileNameProblem | null {
  const sent = name.trim();
  if (sent === '') return 'empty';
  if (/[/\\]/.test(sent)) return 'separator';
  if (sent.includes('\0')) return 'nul';
  if (sent === '.' || sent === '..') return 'dots';
  return new TextEncoder().encode(sent).length > NAME_MAX_BYTES ? 'long' : null;
}
