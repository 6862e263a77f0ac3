import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { findChildren, peekImage, requireNoPieceName, type OpenedDisk } from '../chain';
import { quotedNames } from '../chain/quoted-names';
import { identityOfPath, isSameFile, lockExclusive, NodeFile, OutputFile, type FileIdentity } from '../io';

/**
 * A new file for a verb's result, which is never what the verb reads, or an ancestor of it. Where it is to replace an
 * existing one, that one must be nobody's: not in use, and no parent of an image beside it; `--force` overrules none of
 * these.
 * @param reads the files that the verb reads.
 * @throws AppError `target-is-source`, `has-children`, `file-in-use`, `unsupported` for the name of a piece, and those of OutputFile.create.
 */
export async function openOutput(
  target: string,
  replace: boolean | undefined,
  reads: readonly string[],
  options: { readonly hasHoles?: boolean | undefined } = {},
): Promise<OutputFile> {
  const there = await identityOfPath(target).catch(() => null);
  if (there) await requireNoneOf(target, there, reads);
  await requireNoPieceName(target);
  if (there && replace) await requireReplaceable(target);
  return OutputFile.create(target, { ...options, replace });
}

/** The files of an open disk: its own and its ancestors'. */
export const pathsOf = ({ chain }: Pick<OpenedDisk, 'chain'>): string[] =>
  chain.flatMap(({ path: file, pieces = [] }) => [file, ...pieces.map((piece) => piece.path)]);

/** @throws AppError `target-is-source` where the file that has this name is one of those that are read. */
async function requireNoneOf(target: string, there: FileIdentity, reads: readonly string[]): Promise<void> {
  for (const read of reads) {
    const identity = await identityOfPath(read).catch(() => null);
    if (!identity || !isSameFile(identity, there)) continue;
    throw new AppError('target-is-source', describeTargetIsSource(target, read), {
      context: { path: target },
      unchanged: 'Nothing was written.',
    });
  }
}

export function describeTargetIsSource(target: string, read: string): string {
  const what = path.resolve(target) === path.resolve(read) ? 'what' : `"${read}", which`;
  return `"${target}" is ${what} the result is made from.`;
}

async function requireReplaceable(target: string): Promise<void> {
  const context = { path: target };
  const unchanged = 'Nothing was written.';
  const image = await peekImage(target).catch(() => null);
  const uniqueId = image?.metadata.active?.fields.uniqueId;
  const children = uniqueId ? await findChildren(target, uniqueId) : [];
  if (children.length > 0) {
    const names = quotedNames(children.map((child) => child.path));
    throw new AppError('has-children', `"${target}" is the parent of ${names}, so it is not replaced.`, {
      context,
      unchanged,
      hint: 'Choose another name, or move the children away first.',
      data: { children: children.map((child) => child.path) },
    });
  }
  await requireUnused(target);
}

/** A file that cannot be opened for writing can still be replaced in its folder; only one in use must not be. */
async function requireUnused(target: string): Promise<void> {
  const file = await NodeFile.open(target, 'write').catch(() => null);
  if (!file) return;
  try {
    lockExclusive(file, { allowUnlocked: true });
  } finally {
    await file.close();
  }
}
