import type { FileRef } from '../../../src-shared/model';

/**
 * What tells files of one name apart: the nearest of their folders whose names differ. By id; a file whose name no
 * other one has is left out.
 */
export function tabFolders(files: readonly FileRef[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const file of files) {
    const own = foldersOf(file);
    const others = files.filter(({ id, name }) => id !== file.id && name === file.name).map(foldersOf);
    const depth = own.findIndex((_, index) => others.every((other) => other[index] !== own[index]));
    const folder = others.length === 0 ? undefined : (own[depth] ?? own.at(-1));
    if (folder !== undefined) folders.set(file.id, folder);
  }
  return folders;
}

/** Names of the folders that a file lies in, the nearest one first. */
const foldersOf = ({ displayPath }: FileRef): readonly string[] =>
  displayPath.split(/[\\/]/).filter(Boolean).slice(0, -1).reverse();
