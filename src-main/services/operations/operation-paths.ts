import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { FileRegistry } from '../files/file-registry';

/** The files of an operation, its ids turned into paths that this door may use. Null where the verb has none. */
export interface OperationPaths {
  /** The image it is about. */
  readonly file: string | null;
  /** The new file. */
  readonly target: string | null;
  /** The raw source of `create`, the other disk of `compare`. */
  readonly other: string | null;
  readonly parent: string | null;
  readonly downTo: string | null;
  readonly searchFolder: string | null;
}

const NO_PATHS: OperationPaths = {
  file: null,
  target: null,
  other: null,
  parent: null,
  downTo: null,
  searchFolder: null,
};

/** @throws AppError as `FileRegistry.pathOf`. */
export async function pathsOf(registry: FileRegistry, spec: OperationSpec): Promise<OperationPaths> {
  const path = async (id: string | undefined): Promise<string | null> =>
    id === undefined ? null : registry.pathOf(id);
  const target = 'target' in spec && spec.target ? await registry.pathOfTarget(spec.target) : null;
  const file = 'fileId' in spec ? await path(spec.fileId) : null;
  const base = { ...NO_PATHS, file, target };
  switch (spec.verb) {
    case 'create':
      return { ...base, other: await path(spec.sourceId) };
    case 'compare':
      return { ...base, other: await path(spec.otherId) };
    case 'merge':
      return { ...base, downTo: await path(spec.downToId) };
    case 'relink':
      return {
        ...base,
        parent: await path(spec.parentId),
        searchFolder: await path(spec.searchFolderId),
      };
    default:
      return base;
  }
}
