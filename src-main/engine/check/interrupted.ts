import type { VhdMetadata } from '../disk/metadata';
import { findInterrupted } from './file/change-interrupted';

/** An image that is read, as far as it matters for what a change of it in the middle means. */
interface ReadImage {
  readonly path: string;
  readonly uniqueId?: string | null | undefined;
  readonly metadata?: Pick<VhdMetadata, 'active'> | null | undefined;
}

/**
 * What to say to whoever reads the content of a chain, from the image that was named to its base, where a change of one
 * of them was begun and not finished: what is read there may be neither the old nor the new content. A sentence or
 * more for each, with the command that goes on; none where nothing is in the middle.
 */
export async function interruptedWarnings(
  chain: readonly ReadImage[],
  mayOpen?: (path: string) => boolean | Promise<boolean>,
): Promise<string[]> {
  const warnings: string[] = [];
  const seen = new Set<string>();
  const idsAbove: string[] = [];
  for (const { path, uniqueId, metadata } of chain) {
    const found = seen.has(path) ? null : await findInterrupted(path, mayOpen);
    seen.add(path);
    if (found) warnings.push(await sentencesOf(path, found, idsAbove));
    const id = uniqueId ?? metadata?.active?.fields.uniqueId;
    if (id !== undefined) idsAbove.push(id);
  }
  return warnings;
}

type Interrupted = NonNullable<Awaited<ReturnType<typeof findInterrupted>>>;

async function sentencesOf(
  path: string,
  { name, journal }: Interrupted,
  idsAbove: readonly string[],
): Promise<string> {
  if (journal === null)
    return `A change of "${path}" may be unfinished: "${name}" lies beside it and cannot be read, so that what is read may be neither the old nor the new content. If the image is known to be as it should be, remove the journal with "platter undo --remove".`;
  const { begin, undoing } = journal;
  const { mergeAdvice, mergeMarkOf } = await import('../repair/merge-mark');
  const mark = mergeMarkOf(begin);
  if (mark) {
    // what is merged hides in its parent exactly what the merge writes there
    const isHidden = mark.layerIds.some((id) => idsAbove.includes(id));
    const shown = isHidden ? 'what is read here is right' : 'what is read of it is mixed';
    return `The merge of "${mark.childPath}" into "${path}" was not finished: ${shown}. ${mergeAdvice(mark, path)}`;
  }
  const finish =
    begin.operation === 'repair' && undoing !== true
      ? ', or finish it with "platter undo FILE --finish"'
      : '';
  return `A change of "${path}" ("${begin.title}", begun at ${begin.createdAt}) was ${undoing ? 'being undone' : 'not finished'}: what is read of it may be neither the old nor the new content. Where nothing is running any more, roll it back with: platter undo "${path}"${finish}.`;
}
